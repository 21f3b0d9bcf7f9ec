import type { LibraryApi } from '../../../workers/api';
import { batched } from '../kit/frames';
import type { Photo } from './photo';
import type { Originals } from './originals';

/** A file up to this many bytes is its own thumbnail. */
export const SMALL_FILE = 128 * 1024;

/** Thumbnails kept at hand: several screens of the smallest. */
const MOST = 3000;

const NONE: ReadonlyMap<string, Blob> = new Map();

export interface ThumbnailsParts {
  readonly library: Pick<LibraryApi, 'thumbnails'>;
  readonly originals: Pick<Originals, 'given'>;
}

/** Small copies of photos for the grid, fetched when they are first looked at; the longest unused are let go. */
// Why many at once: a person who scrolls looks at dozens of new photos with each frame, and each answer by itself would
// be a task of its own and another look at all that is shown.
export class Thumbnails {
  readonly #urls = new Map<number, string>();
  readonly #asked = new Set<number>();
  /** Set again with every change of `#urls`. */
  #shown = $state.raw({ urls: this.#urls });
  #wanted: Photo[] = [];
  readonly #parts: ThumbnailsParts;
  // A template may not change what it reads.
  readonly #fetchSoon = batched(queueMicrotask, () => void this.#fetch());

  constructor(parts: ThumbnailsParts) {
    this.#parts = parts;
  }

  /** Object URL of a photo's thumbnail; undefined until it is there, of which whoever shows it is told. */
  of(photo: Photo): string | undefined {
    const url = this.#shown.urls.get(photo.id);
    if (url === undefined && !this.#asked.has(photo.id)) {
      this.#asked.add(photo.id);
      this.#wanted.push(photo);
      this.#fetchSoon();
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
    this.#shown = { urls: this.#urls };
  }

  async #fetch(): Promise<void> {
    const { library, originals } = this.#parts;
    const wanted = this.#wanted;
    this.#wanted = [];
    const keys = [...new Set(wanted.flatMap(({ key }) => key ?? []))];
    const kept = keys.length > 0 ? await library.thumbnails(keys).catch(() => undefined) : NONE;
    for (const { id, key } of wanted) {
      if (this.#urls.has(id)) continue;
      const given = originals.given(id);
      const small =
        (key === undefined ? undefined : kept?.get(key)) ??
        (given && given.size <= SMALL_FILE ? given : undefined);
      if (small) this.put(id, small);
      // One that was not read yet, and those of a library that died, are asked for when they are looked at again.
      else if (key === undefined || !kept) this.#asked.delete(id);
    }
  }
}
