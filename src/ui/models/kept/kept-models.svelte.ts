import type { ModelSummary } from '../../../../workers/api';
import type { ModelsApi, StorageUse } from '../../../../workers/models-api';
import { baseId } from '../../../core/model-id';
import type { Notices } from '../../kit/notices.svelte';

export interface KeptModelsParts {
  readonly models: Pick<ModelsApi, 'list' | 'removeModel' | 'storage'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** Asks the browser to keep this site's data when space runs low; resolves with whether it will. */
  readonly persist: () => Promise<boolean>;
  /** Unloads a model before deletion; resolves with a function to call afterwards. */
  readonly release: (id: string) => Promise<() => void>;
}

const TOPIC = 'storage';

/** The models on this device and their storage use. */
export class KeptModels {
  #list = $state.raw<readonly ModelSummary[]>([]);
  #use = $state.raw<StorageUse | undefined>(undefined);
  readonly #parts: KeptModelsParts;

  constructor(parts: KeptModelsParts) {
    this.#parts = parts;
  }

  /** Built-in models first, then the kept ones. */
  get list(): readonly ModelSummary[] {
    return this.#list;
  }

  /** Undefined until measured. */
  get use(): StorageUse | undefined {
    return this.#use;
  }

  /** The model of `id`, ignoring its image size; undefined if there is none. */
  get(id: string): ModelSummary | undefined {
    return this.#list.find((model) => model.id === baseId(id));
  }

  /** Refreshes the list. @throws NetworkFailed, WorkerDied */
  async refresh(): Promise<void> {
    this.#list = await this.#parts.models.list();
  }

  /** Updates the storage use. Failures are reported. */
  async measure(): Promise<StorageUse | undefined> {
    try {
      this.#use = await this.#parts.models.storage();
    } catch (error) {
      this.#parts.notices.report(TOPIC, error);
    }
    return this.#use;
  }

  /** Asks the browser to keep this site's data when space runs low. */
  async keepData(): Promise<void> {
    const kept = await this.#parts.persist().catch(() => false);
    if (this.#use) this.#use = { ...this.#use, persisted: kept };
    this.#parts.notices.say(
      kept
        ? 'The browser will keep this data when space runs low'
        : 'The browser did not promise to keep this data: it decides by how often this page is used',
    );
  }

  /** Deletes a kept model, readable or not. Failures are reported. */
  async remove(id: string): Promise<void> {
    const { models, notices, release } = this.#parts;
    notices.clear(TOPIC);
    const afterwards = await release(id);
    try {
      await models.removeModel(id);
      await this.refresh();
      notices.say('Model deleted');
    } catch (error) {
      notices.report(TOPIC, error);
    }
    afterwards();
    await this.measure();
  }
}
