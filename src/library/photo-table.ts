import { ContentIds } from './content-ids';
import {
  PACK_IDS,
  contentAt,
  countOf,
  packed,
  photoIn,
  placeIn,
  unpacked,
  type PhotoPack,
} from './photo-pack';
import { stateOf } from './photo-state';
import type { PhotoRecord } from './records';

/** The photos of a pack, some of which have changed. */
type Opened = Map<number, PhotoRecord>;

/**
 * The photos' records by id: as they were packed, until one of a pack changes.
 *
 * Why: a million records as objects take two seconds to make and half a gigabyte, and few are ever asked for here.
 */
export class PhotoTable {
  /** By number; each has at least one photo. */
  readonly #parts: (PhotoPack | Opened | undefined)[] = [];
  #size = 0;

  /** Takes over packs of numbers that are not there yet. */
  take(packs: readonly PhotoPack[]): void {
    for (const pack of packs) {
      if (countOf(pack) === 0) continue;
      this.#parts[pack.number] = pack;
      this.#size += countOf(pack);
    }
  }

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    const part = this.#parts[numberOf(id)];
    return part instanceof Map ? part.has(id) : part !== undefined && photoIn(part, id) !== undefined;
  }

  get(id: number): PhotoRecord | undefined {
    const part = this.#parts[numberOf(id)];
    return part instanceof Map ? part.get(id) : part && photoIn(part, id);
  }

  /** Whether there is such a photo, neither hidden nor bad. */
  isShown(id: number): boolean {
    const part = this.#parts[numberOf(id)];
    // What is packed by columns is neither.
    if (part && !(part instanceof Map) && placeIn(part, id) !== undefined) return true;
    const photo = this.get(id);
    return photo !== undefined && stateOf(photo) === 'shown';
  }

  set(photo: PhotoRecord): void {
    const part = this.#open(numberOf(photo.id));
    if (!part.has(photo.id)) this.#size += 1;
    part.set(photo.id, photo);
  }

  delete(id: number): void {
    if (!this.has(id)) return;
    const part = this.#open(numberOf(id));
    part.delete(id);
    if (part.size === 0) this.#parts[numberOf(id)] = undefined;
    this.#size -= 1;
  }

  /** By ascending id. */
  *values(): Generator<PhotoRecord> {
    for (const number of this.#parts.keys()) yield* this.#recordsOf(number);
  }

  /** Packs with all photos of ids from `first` up to some id, at least `count` photos of them if there are so many. */
  packsFrom(first: number, count: number): PhotoPack[] {
    const packs: PhotoPack[] = [];
    let found = 0;
    for (let number = numberOf(first); number < this.#parts.length && found < count; number++) {
      const pack = this.pack(number, first);
      found += countOf(pack);
      if (countOf(pack) > 0) packs.push(pack);
    }
    return packs;
  }

  /** Pack `number`, of the photos with ids from `first` up. */
  pack(number: number, first = 0): PhotoPack {
    const part = this.#parts[number];
    if (part && !(part instanceof Map) && first <= number * PACK_IDS) return part;
    return packed(
      number,
      this.#recordsOf(number).filter(({ id }) => id >= first),
    );
  }

  /** The photos of each content. */
  // Without making records of those that are packed.
  contents(): ContentIds {
    const ids = new ContentIds(this.#size);
    for (const part of this.#parts) {
      if (part === undefined) continue;
      const records = part instanceof Map ? part.values() : part.others;
      for (const { id, key } of records) if (key !== undefined) ids.add(key, id);
      if (part instanceof Map) continue;
      for (const [at, id] of part.ids.entries()) {
        const content = contentAt(part, at);
        if (content) ids.addWords(content, id);
      }
    }
    return ids;
  }

  #recordsOf(number: number): PhotoRecord[] {
    const part = this.#parts[number];
    if (part instanceof Map) return [...part.values()].sort((a, b) => a.id - b.id);
    return part ? unpacked(part) : [];
  }

  #open(number: number): Opened {
    const part = this.#parts[number];
    if (part instanceof Map) return part;
    const opened = new Map(this.#recordsOf(number).map((photo) => [photo.id, photo]));
    this.#parts[number] = opened;
    return opened;
  }
}

/** The number of the pack that covers an id. */
export function numberOf(id: number): number {
  return Math.floor(id / PACK_IDS);
}
