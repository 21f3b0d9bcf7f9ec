import type { PhotoKey } from '../core/photo-key';
import type { LibraryDatabase } from './database';
import type { LabelChanges, PhotoLabels } from './photo-labels';

/**
 * The labels of a library's photos, in its database; without one in memory.
 *
 * Why by content, and never tidied up: labels are the user's own work. A photo that is moved, or removed and given again years
 * later, finds them.
 */
export class LabelBook {
  readonly #database: Pick<LibraryDatabase, 'labels' | 'putLabels'> | undefined;
  readonly #memory = new Map<PhotoKey, PhotoLabels>();

  constructor(database: Pick<LibraryDatabase, 'labels' | 'putLabels'> | undefined) {
    this.#database = database;
  }

  /** @throws StorageUnavailable */
  async all(): Promise<ReadonlyMap<PhotoKey, PhotoLabels>> {
    return this.#database ? this.#database.labels() : new Map(this.#memory);
  }

  /** All of them, or none. @throws StorageFull, StorageUnavailable */
  async put(changes: LabelChanges): Promise<void> {
    if (this.#database) return this.#database.putLabels(changes);
    for (const [key, labels] of changes) {
      if (labels) this.#memory.set(key, labels);
      else this.#memory.delete(key);
    }
  }
}
