import type { LibraryApi } from '../../../workers/api';
import { SMALL_FILE } from '../../library/records';
import { isDrawing } from './arrivals';
import { batched, type Schedule } from '../kit/frames';
import type { Photo } from './photo';
import type { Originals } from './originals';

/** Maximum cached thumbnails: several screens of the smallest. */
const MOST = 3000;

const NONE: ReadonlyMap<string, Blob> = new Map();

interface Small {
  readonly blob: Blob;
  /** Its object URL, once it was looked at. */
  url: string | undefined;
}

export interface ThumbnailsParts {
  /** For what is looked at. */
  readonly schedule: Schedule;
  /** For what arrives by itself. */
  readonly unhurried: Schedule;
  readonly library: Pick<LibraryApi, 'thumbnails'>;
  readonly originals: Pick<Originals, 'given'>;
}

/** A cache of thumbnails for the grid, fetched on first use; the least recently used are released. */
// Why in batches: scrolling shows dozens of new photos per frame, and each separate answer would be a task of its own
// and another update of the grid.
export class Thumbnails {
  readonly #smalls = new Map<number, Small>();
  readonly #asked = new Set<number>();
  /** Set again once `#smalls` has changed. */
  #shown = $state.raw({ smalls: this.#smalls });
  #wanted: Photo[] = [];
  readonly #parts: ThumbnailsParts;
  // A template may not change the state it reads.
  readonly #fetchSoon = batched(queueMicrotask, () => void this.#fetch());
  /** Updates the grid. */
  readonly #show: () => void;
  readonly #showSoon: () => void;

  constructor(parts: ThumbnailsParts) {
    const show = () => (this.#shown = { smalls: this.#smalls });
    this.#parts = parts;
    this.#show = batched(parts.schedule, show);
    this.#showSoon = batched(parts.unhurried, show);
  }

  /** Object URL of a photo's thumbnail; undefined until it is loaded, which updates its users. */
  of(photo: Photo): string | undefined {
    const small = this.#shown.smalls.get(photo.id);
    if (!small && !this.#asked.has(photo.id)) {
      this.#asked.add(photo.id);
      this.#wanted.push(photo);
      this.#fetchSoon();
    }
    // Not before: making one takes a millisecond, and of many photos only some are ever looked at.
    return small && (small.url ??= URL.createObjectURL(small.blob));
  }

  /** Adds the thumbnail of a photo just read. */
  put(id: number, small: Blob): void {
    this.#keep(id, small);
    this.#showSoon();
  }

  /** Drops the thumbnails of removed or changed photos. */
  drop(ids: readonly number[]): void {
    for (const id of ids) this.#letGo(id);
    this.#showSoon();
  }

  #keep(id: number, small: Blob): void {
    this.#letGo(id);
    this.#asked.add(id);
    this.#smalls.set(id, { blob: small, url: undefined });
    for (const oldest of this.#smalls.keys()) {
      if (this.#smalls.size <= MOST) break;
      this.#letGo(oldest);
    }
  }

  #letGo(id: number): void {
    const url = this.#smalls.get(id)?.url;
    if (url !== undefined) URL.revokeObjectURL(url);
    this.#smalls.delete(id);
    this.#asked.delete(id);
  }

  async #fetch(): Promise<void> {
    const { library, originals } = this.#parts;
    const wanted = this.#wanted;
    this.#wanted = [];
    const keys = [...new Set(wanted.flatMap(({ key }) => key ?? []))];
    const kept = keys.length > 0 ? await library.thumbnails(keys).catch(() => undefined) : NONE;
    for (const { id, key } of wanted) {
      if (this.#smalls.has(id)) continue;
      const given = originals.given(id);
      const small =
        (key === undefined ? undefined : kept?.get(key)) ??
        (given && given.size <= SMALL_FILE && !isDrawing(given) ? given : undefined);
      if (small) {
        this.#keep(id, small);
        this.#show();
      }
      // Unread photos, and those of a library worker that died, are requested again when next shown.
      else if (key === undefined || !kept) this.#asked.delete(id);
    }
  }
}
