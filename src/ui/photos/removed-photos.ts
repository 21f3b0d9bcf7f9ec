import { listOf, readAs, recordOf, size, text } from '../../core/schema';
import type { Photo } from './photo';
import type { Memory } from '../kit/memory';

const REMOVED = listOf(recordOf({ id: size, path: text }));

/**
 * The photos whose removal can still be undone, remembered beyond the visit: if that ends, the removal stands, and the
 * next visit makes it final.
 */
export class RemovedPhotos {
  readonly #memory: Memory | undefined;

  constructor(memory: Memory | undefined) {
    this.#memory = memory;
  }

  /** Remembers these photos of a library in place of any others; none where there is no room for them. */
  set(library: string, photos: readonly Pick<Photo, 'id' | 'path'>[]): void {
    const removed = photos.map(({ id, path }) => ({ id, path }));
    this.#memory?.removeItem(keyOf(library));
    if (removed.length === 0) return;
    try {
      this.#memory?.setItem(keyOf(library), JSON.stringify(removed));
    } catch {
      // A browser keeps about five million characters: the paths of some fifty thousand photos.
    }
  }

  /** Ids of the remembered photos of a library that are still there, by `pathOf`. */
  of(library: string, pathOf: (id: number) => string | undefined): number[] {
    const removed = readAs(REMOVED, parsed(this.#memory?.getItem(keyOf(library)))) ?? [];
    return removed.filter(({ id, path }) => pathOf(id) === path).map(({ id }) => id);
  }
}

function keyOf(library: string): string {
  return `clipscope removed ${library}`;
}

function parsed(json: string | null | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null');
  } catch {
    return undefined;
  }
}
