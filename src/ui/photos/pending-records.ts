import type { LibraryApi } from '../../../workers/api';
import type { PhotoRecord } from '../../library/records';

/** Photo records that are yet to be stored in the library. */
export class PendingRecords {
  readonly #library: Pick<LibraryApi, 'putPhotos'>;
  readonly #records = new Map<number, PhotoRecord>();
  #keeping: Promise<void> = Promise.resolve();

  constructor(library: Pick<LibraryApi, 'putPhotos'>) {
    this.#library = library;
  }

  set(record: PhotoRecord): void {
    this.#records.set(record.id, record);
  }

  delete(id: number): void {
    this.#records.delete(id);
  }

  clear(): void {
    this.#records.clear();
  }

  /** Stores them, after those that are being stored. If it rejects, they stay pending. */
  keep(): Promise<void> {
    if (this.#records.size === 0) return this.#keeping;
    const records = [...this.#records.values()];
    this.#records.clear();
    const before = this.#keeping.catch(() => undefined);
    this.#keeping = before
      .then(() => this.#library.putPhotos(records))
      .catch((error: unknown) => {
        for (const record of records) if (!this.#records.has(record.id)) this.set(record);
        throw error;
      });
    return this.#keeping;
  }
}
