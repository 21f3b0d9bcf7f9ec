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
  /** Drops everything a model made: another one with the same id would give other embeddings. */
  readonly onForget: (id: string) => void;
}

/** Handles models being added to or removed from this device. */
export class ModelArrivals {
  readonly #parts: ModelArrivalsParts;

  constructor(parts: ModelArrivalsParts) {
    this.#parts = parts;
  }

  /** Switches to a checkpoint the user has just added. */
  async kept(model: ModelSummary): Promise<void> {
    if (await this.#list()) await this.#parts.models.choose(model.id);
  }

  /** Switches to a downloaded model, unless the user chose another one meanwhile. */
  async arrived({ id, name }: ModelSummary, { choices }: Download): Promise<void> {
    const { models, notices } = this.#parts;
    notices.say(`${name} is on this device`);
    if (!(await this.#list())) return;
    const { chosen } = models;
    // It may already be in use, without its text tower.
    if (chosen === undefined || baseId(chosen) !== id) {
      if (models.choices === choices) await models.take(id);
    } else if (!models.ready?.hasText) await models.take(chosen);
  }

  /** A download was discarded: releases its image tower, if in use. */
  async gone(id: string): Promise<void> {
    const { models, onForget } = this.#parts;
    const { chosen } = models;
    const inUse = chosen !== undefined && baseId(chosen) === id && !models.ready?.hasText;
    const afterwards = inUse ? await models.release(id) : undefined;
    onForget(id);
    afterwards?.();
  }

  /** Refreshes the list of models; false if that failed, which is reported. */
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
