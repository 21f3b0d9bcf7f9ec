import type { ModelSummary } from '../../../workers/api';
import { baseId } from '../../core/model-id';
import type { Download } from './hub/downloads.svelte';
import type { Models } from './models.svelte';
import type { Notices } from '../kit/notices.svelte';
import type { KeptModels } from './kept/kept-models.svelte';

export interface ModelArrivalsParts {
  readonly models: Models;
  readonly keptModels: Pick<KeptModels, 'refresh' | 'measure'>;
  readonly notices: Pick<Notices, 'say' | 'report'>;
  /** What a model made is of no use any more: another one of the same name would make something else. */
  readonly onForget: (id: string) => void;
}

/** What happens when a model comes to this device or leaves it. */
export class ModelArrivals {
  readonly #parts: ModelArrivalsParts;

  constructor(parts: ModelArrivalsParts) {
    this.#parts = parts;
  }

  /** A checkpoint of the person's own is kept: it is what they want to use. */
  async kept(model: ModelSummary): Promise<void> {
    if (await this.#list()) await this.#parts.models.choose(model.id);
  }

  /** A download has ended: its model is used, unless the person chose another one meanwhile. */
  async arrived({ id, name }: ModelSummary, { choices }: Download): Promise<void> {
    const { models, notices } = this.#parts;
    notices.say(`${name} is on this device`);
    if (!(await this.#list())) return;
    const { chosen } = models;
    // It may be in use already, without its text tower.
    if (chosen === undefined || baseId(chosen) !== id) {
      if (models.choices === choices) await models.take(id);
    } else if (!models.ready?.hasText) await models.take(chosen);
  }

  /** A download has left nothing: its image tower, where it is in use already, is let go. */
  async gone(id: string): Promise<void> {
    const { models, onForget } = this.#parts;
    const { chosen } = models;
    const inUse = chosen !== undefined && baseId(chosen) === id && !models.ready?.hasText;
    const afterwards = inUse ? await models.release(id) : undefined;
    onForget(id);
    afterwards?.();
  }

  /** Lists the models anew; false where that failed, which is reported. */
  async #list(): Promise<boolean> {
    const { keptModels, notices } = this.#parts;
    try {
      await keptModels.refresh();
      void keptModels.measure();
      return true;
    } catch (error) {
      notices.report('model', error);
      return false;
    }
  }
}
