import type { LibraryApi, ModelSummary } from '../../../workers/api';

/** The rows of 128,000 photos with a ViT-B/32. */
const MOST_UNUSED = 2 ** 27;

/** Bytes per number of a row in memory. */
const NUMBER_BYTES = 2;

/** The models that are open in the library. */
export class OpenModels {
  /** Bytes of their rows; the most recently used last. */
  readonly #bytes = new Map<string, number>();
  readonly #library: Pick<LibraryApi, 'close'>;
  readonly #mostUnused: number;

  /** @param mostUnused memory limit for rows of models not in use, in bytes; default 128 MiB */
  constructor(library: Pick<LibraryApi, 'close'>, mostUnused = MOST_UNUSED) {
    this.#library = library;
    this.#mostUnused = mostUnused;
  }

  /** This model is being opened. */
  open(id: string): void {
    this.#bytes.set(id, 0);
  }

  /** This model is in use no longer, and has so many rows. */
  leave({ id, embedDim }: Pick<ModelSummary, 'id' | 'embedDim'>, rows: number): void {
    this.#bytes.delete(id);
    this.#bytes.set(id, rows * embedDim * NUMBER_BYTES);
  }

  /**
   * If the rows of models other than `id` take too much memory, closes them, least recently used first.
   *
   * Why not all: the file rounds rows more than memory does, so a closed model scores slightly differently when it is
   * reopened.
   */
  closeOthers(id: string): void {
    let bytes = 0;
    for (const [other, size] of [...this.#bytes].reverse()) {
      if (other === id) continue;
      bytes += size;
      if (bytes <= this.#mostUnused) continue;
      this.#bytes.delete(other);
      // A library worker that died has closed it already.
      this.#library.close(other).catch(() => undefined);
    }
  }
}
