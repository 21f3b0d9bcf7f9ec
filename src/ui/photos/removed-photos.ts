import { listOf, readAs, size } from '../../core/schema';
import { xxh32 } from '../../core/xxh32';
import type { Photo } from './photo';
import type { Memory } from '../kit/memory';

/**
 * Of each photo its id and a sum of its path, which tells whether the id is still that of the same photo.
 *
 * Why not the path: a browser keeps about five million characters, the paths of some fifty thousand photos.
 */
const REMOVED = listOf(size);

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
    const removed = photos.flatMap(({ id, path }) => [id, sumOf(path)]);
    this.#memory?.removeItem(keyOf(library));
    if (removed.length === 0) return;
    try {
      this.#memory?.setItem(keyOf(library), JSON.stringify(removed));
    } catch {
      // More than some quarter of a million photos.
    }
  }

  /** Ids of the remembered photos of a library that are still there, by `pathOf`. */
  of(library: string, pathOf: (id: number) => string | undefined): number[] {
    const removed = readAs(REMOVED, parsed(this.#memory?.getItem(keyOf(library)))) ?? [];
    return removed.filter((id, at) => {
      const path = at % 2 === 0 ? pathOf(id) : undefined;
      return path !== undefined && sumOf(path) === removed[at + 1];
    });
  }
}

function sumOf(path: string): number {
  return xxh32(new TextEncoder().encode(path));
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
