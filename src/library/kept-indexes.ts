import type { Decoding } from '../core/decoding';
import { isMadeBy } from '../core/model-id';
import type { IndexPair } from '../search/index-file/index-pair';
import type { SyncAccess } from '../storage/sync-access';
import { openKeptIndex, type UseRow } from './kept-index';
import type { IndexName, LibraryStore } from './library-store';

interface Opened extends IndexName {
  readonly decoding: Decoding;
  readonly pair: IndexPair;
  readonly files: readonly SyncAccess[];
}

/** The stored embeddings of a library that are open, by model: those of one set of weights each. */
export class KeptIndexes {
  readonly #store: Pick<LibraryStore, 'openIndex' | 'removeIndexes'>;
  readonly #opened = new Map<string, Opened>();
  /** Rows that were found damaged on disk, by model. */
  readonly #damaged = new Map<string, number>();

  constructor(store: Pick<LibraryStore, 'openIndex' | 'removeIndexes'>) {
    this.#store = store;
  }

  /** The stored rows of a model; undefined if they are not open. */
  get(model: string): IndexPair | undefined {
    return this.#opened.get(model)?.pair;
  }

  /** Whether the rows that these weights made are open, all of them or the exact ones. */
  has({ model, weights }: IndexName, decoding: Decoding): boolean {
    const opened = this.#opened.get(model);
    return opened?.weights === weights && opened.decoding === decoding;
  }

  /** Number of rows of `model` that were found damaged on disk when it was opened. */
  damaged(model: string): number {
    return this.#damaged.get(model) ?? 0;
  }

  /**
   * Opens a model's rows; those by other weights of the same name are deleted.
   * @param decoding exact: rows of pictures decoded at a scale are left out
   * @param take called once per row, last first
   * @throws IndexUnreadable, StorageFull, StorageBusy, StorageUnavailable
   */
  async open({ model, weights }: IndexName, dim: number, decoding: Decoding, take: UseRow): Promise<void> {
    this.close(model);
    await this.#store.removeIndexes((index) => index.model === model && index.weights !== weights);
    const files = await this.#store.openIndex({ model, weights });
    try {
      const { pair, damaged } = await openKeptIndex(files, { model, weights }, dim, decoding, take);
      this.#damaged.set(model, damaged);
      this.#opened.set(model, { model, weights, decoding, pair, files });
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  }

  /** Closes the files of a model, and tells whether they were open. */
  close(model: string): boolean {
    for (const file of this.#opened.get(model)?.files ?? []) file.close();
    return this.#opened.delete(model);
  }

  closeAll(): void {
    for (const model of [...this.#opened.keys()]) this.close(model);
  }

  /** Deletes the rows of `model`, at every image size. */
  async drop(model: string): Promise<void> {
    const isGone = (index: IndexName) => isMadeBy(model, index.model);
    for (const index of [...this.#opened.values()].filter(isGone)) this.close(index.model);
    await this.#store.removeIndexes(isGone);
  }
}
