import type { LibraryApi, ModelSummary } from '../../../workers/api';
import { baseId } from '../models/model-id';
import type { Download } from '../models/hub/downloads.svelte';
import type { Embedder } from '../search/embedder';
import type { Labels } from '../label/labels.svelte';
import type { Models } from '../models/models.svelte';
import type { Notices } from '../kit/notices.svelte';
import type { KeptModels } from '../models/kept/kept-models.svelte';

export interface ModelArrivalsParts {
  readonly library: Pick<LibraryApi, 'forgetModel'>;
  readonly models: Models;
  readonly keptModels: Pick<KeptModels, 'refresh' | 'measure'>;
  readonly embedder: Pick<Embedder, 'forget'>;
  readonly labels: Pick<Labels, 'forgetTexts'>;
  readonly notices: Pick<Notices, 'say' | 'report'>;
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
    const { models } = this.#parts;
    const { chosen } = models;
    const inUse = chosen !== undefined && baseId(chosen) === id && !models.ready?.hasText;
    const afterwards = inUse ? await models.release(id) : undefined;
    this.forget(id);
    afterwards?.();
  }

  /** What a model made is not what another one of the same name would make. */
  forget(id: string): void {
    const { library, embedder, labels } = this.#parts;
    // A library that died has forgotten it already.
    library.forgetModel(id).catch(() => undefined);
    embedder.forget();
    labels.forgetTexts();
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
