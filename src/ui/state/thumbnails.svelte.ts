import { SvelteMap } from 'svelte/reactivity';
import type { LibraryApi } from '../../../workers/api';
import type { Originals } from './originals';
import type { Photo } from '../photo';

/** A file up to this many bytes is its own thumbnail. */
export const SMALL_FILE = 128 * 1024;

/** Thumbnails kept at hand: several screens of the smallest. */
const MOST = 3000;

export interface ThumbnailsParts {
  readonly library: Pick<LibraryApi, 'thumbnail'>;
  readonly originals: Pick<Originals, 'given'>;
}

/** Small copies of photos for the grid, fetched when they are first looked at; the longest unused are let go. */
export class Thumbnails {
  readonly #urls = new SvelteMap<number, string>();
  readonly #asked = new Set<number>();
  readonly #parts: ThumbnailsParts;

  constructor(parts: ThumbnailsParts) {
    this.#parts = parts;
  }

  /** Object URL of a photo's thumbnail; undefined until it is there, of which whoever shows it is told. */
  of(photo: Photo): string | undefined {
    const url = this.#urls.get(photo.id);
    if (url === undefined && !this.#asked.has(photo.id)) {
      this.#asked.add(photo.id);
      // A template may not change what it reads.
      queueMicrotask(() => void this.#fetch(photo));
    }
    return url;
  }

  /** A photo was read and this is its small copy. */
  put(id: number, small: Blob): void {
    this.drop([id]);
    this.#asked.add(id);
    this.#urls.set(id, URL.createObjectURL(small));
    for (const oldest of this.#urls.keys()) {
      if (this.#urls.size <= MOST) break;
      this.drop([oldest]);
    }
  }

  /** These photos are gone, or changed. */
  drop(ids: readonly number[]): void {
    for (const id of ids) {
      const url = this.#urls.get(id);
      if (url !== undefined) URL.revokeObjectURL(url);
      this.#urls.delete(id);
      this.#asked.delete(id);
    }
  }

  async #fetch({ id, key }: Photo): Promise<void> {
    const { library, originals } = this.#parts;
    // A library that died is asked again when the photo is looked at again.
    const kept = key === undefined ? undefined : await library.thumbnail(key).catch(() => undefined);
    const given = originals.given(id);
    const small = kept ?? (given && given.size <= SMALL_FILE ? given : undefined);
    if (small && !this.#urls.has(id)) this.put(id, small);
    else if (!this.#urls.has(id) && key === undefined) this.#asked.delete(id);
  }
}
