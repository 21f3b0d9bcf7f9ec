import { KEY_WORDS, keyOfWords, wordsOf, type KeyWords } from '../core/photo-key';
import type { PhotoRecord } from './records';

/**
 * Ids a pack covers.
 *
 * Why so many: a million photos in packs of 256 take Chromium four times as long to read. One of more than 64 KiB is a
 * file of its own.
 */
export const PACK_IDS = 4096;

/**
 * The photos with ids from `PACK_IDS * number` up to the next pack's, by ascending id: columns for those that have only
 * what most have, whole records of the others. Numbers that a photo has not are NaN, or 0 for sizes.
 */
// Why columns: a browser takes 5 µs to read a record as an object, and as long to hand it from thread to thread. A
// column takes no longer than its bytes.
export interface PhotoPack {
  readonly number: number;
  readonly ids: Int32Array<ArrayBuffer>;
  readonly folders: Float64Array<ArrayBuffer>;
  /** One after another, and where each of them ends. */
  readonly paths: string;
  readonly ends: Int32Array<ArrayBuffer>;
  readonly bytes: Float64Array<ArrayBuffer>;
  readonly modified: Float64Array<ArrayBuffer>;
  /** `[photos, 4]`, and in pixels the size of the picture. */
  readonly keys: Int32Array<ArrayBuffer>;
  readonly widths: Uint32Array<ArrayBuffer>;
  readonly heights: Uint32Array<ArrayBuffer>;
  readonly taken: Float64Array<ArrayBuffer>;
  /** Of each photo, its camera's place among `cameraNames`, from 1. */
  readonly cameras: Uint16Array<ArrayBuffer>;
  readonly cameraNames: readonly string[];
  /** Latitude and longitude of each photo; empty if none has a place. */
  readonly places: Float64Array<ArrayBuffer>;
  readonly others: readonly PhotoRecord[];
}

/** The pack of `records`, whose ids are those of pack `number`. */
export function packed(number: number, records: readonly PhotoRecord[]): PhotoPack {
  const sorted = records.toSorted((a, b) => a.id - b.id);
  const [plain, others]: [PhotoRecord[], PhotoRecord[]] = [[], []];
  for (const record of sorted) (isPlain(record) ? plain : others).push(record);
  const cameraNames = [...new Set(plain.flatMap(({ camera }) => camera ?? []))];
  const numbers = (of: (record: PhotoRecord) => number | undefined) =>
    Float64Array.from(plain, (record) => of(record) ?? NaN);
  let end = 0;
  const keys = new Int32Array(plain.length * KEY_WORDS);
  for (const [i, { key }] of plain.entries()) {
    if (key !== undefined) keys.set(wordsOf(key)!, i * KEY_WORDS);
  }
  const places = plain.flatMap(({ place }) => [place?.latitude ?? NaN, place?.longitude ?? NaN]);
  return {
    number,
    ids: Int32Array.from(plain, ({ id }) => id),
    folders: numbers(({ folder }) => folder),
    paths: plain.map(({ path }) => path).join(''),
    ends: Int32Array.from(plain, ({ path }) => (end += path.length)),
    bytes: numbers(({ bytes }) => bytes),
    modified: numbers(({ modified }) => modified),
    keys,
    widths: Uint32Array.from(plain, ({ width = 0 }) => width),
    heights: Uint32Array.from(plain, ({ height = 0 }) => height),
    taken: numbers(({ taken }) => taken),
    cameras: Uint16Array.from(plain, ({ camera }) =>
      camera === undefined ? 0 : cameraNames.indexOf(camera) + 1,
    ),
    cameraNames,
    places: plain.some(({ place }) => place) ? Float64Array.from(places) : new Float64Array(),
    others,
  };
}

/** The photos of a pack, by ascending id. */
export function unpacked(pack: PhotoPack): PhotoRecord[] {
  const records = Array.from(pack.ids, (_, i) => recordAt(pack, i));
  return pack.others.length === 0 ? records : [...records, ...pack.others].sort((a, b) => a.id - b.id);
}

/** Number of photos of a pack. */
export function countOf({ ids, others }: PhotoPack): number {
  return ids.length + others.length;
}

/** A photo of a pack; undefined if it has none with this id. */
export function photoIn(pack: PhotoPack, id: number): PhotoRecord | undefined {
  const at = placeIn(pack, id);
  return at === undefined ? pack.others.find((other) => other.id === id) : recordAt(pack, at);
}

/** The place in the columns of a photo. */
export function placeIn({ ids }: PhotoPack, id: number): number | undefined {
  // Where nothing was removed.
  const expected = id % PACK_IDS;
  const at = ids[expected] === id ? expected : ids.indexOf(id);
  return at < 0 ? undefined : at;
}

/** The content of the photo at a place in the columns: a view; undefined if it was not read. */
export function contentAt({ keys, widths }: PhotoPack, at: number): KeyWords | undefined {
  return widths[at] === 0 ? undefined : keys.subarray(at * KEY_WORDS, (at + 1) * KEY_WORDS);
}

function recordAt(pack: PhotoPack, at: number): PhotoRecord {
  const { ids, folders, paths, ends, bytes, modified, keys, widths, heights, taken, cameras, places } = pack;
  const record: { -readonly [Key in keyof PhotoRecord]: PhotoRecord[Key] } = {
    id: ids[at]!,
    folder: folders[at]!,
    path: paths.slice(at === 0 ? 0 : ends[at - 1], ends[at]),
    bytes: bytes[at]!,
    modified: modified[at]!,
  };
  if (widths[at] !== 0) {
    record.key = keyOfWords(keys.subarray(at * KEY_WORDS, (at + 1) * KEY_WORDS));
    record.width = widths[at]!;
    record.height = heights[at]!;
  }
  if (!Number.isNaN(taken[at])) record.taken = taken[at]!;
  if (cameras[at] !== 0) record.camera = pack.cameraNames[cameras[at]! - 1]!;
  const [latitude = NaN, longitude = NaN] = [places[2 * at], places[2 * at + 1]];
  if (!Number.isNaN(latitude)) record.place = { latitude, longitude };
  return record;
}

const PLAIN_FIELDS: ReadonlySet<string> = new Set<keyof PhotoRecord>([
  ...(['id', 'folder', 'path', 'bytes', 'modified'] as const),
  ...(['key', 'width', 'height', 'taken', 'camera', 'place'] as const),
]);

/** Whether the columns hold all there is of a photo, and give back the same. */
function isPlain(record: PhotoRecord): boolean {
  const { folder, bytes, modified, key, width, height, taken = 0, place } = record;
  return (
    Object.entries(record).every(([field, value]) => PLAIN_FIELDS.has(field) && value !== undefined) &&
    [folder, bytes, modified, taken].every(isNumber) &&
    (key === undefined
      ? width === undefined && height === undefined
      : wordsOf(key) !== undefined && isSize(width) && isSize(height)) &&
    (place === undefined || (isNumber(place.latitude) && isNumber(place.longitude)))
  );
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(value);
}

function isSize(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 32;
}
