import type { Decoding } from '../../core/decoding';
import { KEY_WORDS, wordsOf, type KeyWords, type PhotoKey } from '../../core/photo-key';
import { float32ToFloat16 } from '../../formats/float16';
import { xxh32, xxh32OfWords } from '../../core/xxh32';

const KEY_BYTES = 4 * KEY_WORDS;

const REMOVE = 2;

/** Sets a row, by how its picture was decoded. Earlier versions knew the exact way only, and find others damaged. */
const PUT: Readonly<Record<Decoding, number>> = { exact: 1, scaled: 3 };

/** Byte offsets of key and row. */
const AT = { key: 4, row: 4 + KEY_BYTES };

/**
 * Bytes per record: the same for all records of an index, a multiple of 4. A record, little-endian:
 *
 * | offset | content |
 * |---|---|
 * | 0 | u32: 1 sets the photo's row, 3 one of a picture decoded at a scale, 2 removes it |
 * | 4 | the photo's key, 16 bytes |
 * | 20 | `dim` float16 numbers (zeros to remove), then zeros up to a multiple of 4 |
 * | last 4 | u32: XXH32 of the bytes before, seeded with the record's number, counted from 0 |
 */
// Why one size: a reader can step over a damaged record, and removals, which waste space, are rare.
// Why the number is the seed: intact bytes in the wrong place (a misplaced sector, leftovers of an earlier file) must
// not pass as a record.
export function recordSize(dim: number): number {
  return AT.row + 4 * Math.ceil(dim / 2) + 4;
}

/**
 * Fills the zeroed `record` to set the row of `key`; then call `seal`. Numbers are rounded to float16.
 * @throws RangeError if `key` is not a key or a number of `row` is not finite in float16
 */
export function writePut(
  record: Uint8Array<ArrayBuffer>,
  key: PhotoKey,
  row: Float32Array,
  decoding: Decoding,
): void {
  writeHead(record, PUT[decoding], key);
  const halves = float32ToFloat16(row);
  for (const [i, half] of halves.entries()) {
    const isFinite = (half & 0x7c00) !== 0x7c00;
    if (!isFinite) throw new RangeError(`Number ${i} of a row is ${row[i]}, which is not finite in float16`);
  }
  new Uint16Array(record.buffer, record.byteOffset + AT.row, row.length).set(halves);
}

/**
 * Fills the zeroed `record` to remove the row of `key`; then call `seal`.
 * @throws RangeError if `key` is not a key
 */
export function writeRemove(record: Uint8Array<ArrayBuffer>, key: PhotoKey): void {
  writeHead(record, REMOVE, key);
}

/** Writes the checksum of a new or moved record as record `number`. */
export function seal(record: Uint8Array<ArrayBuffer>, number: number): void {
  viewOf(record).setUint32(record.length - 4, checksumOf(record, number), true);
}

/** What record `number` does, of a row how it was decoded; undefined if it is damaged or belongs elsewhere. */
export function kindOf(record: Uint8Array<ArrayBuffer>, number: number): Decoding | 'remove' | undefined {
  const words = new Int32Array(record.buffer, record.byteOffset, record.length / 4);
  return kindAt(words, 0, words.length, number);
}

/** As `kindOf`, of the record that is `words[from]` up to, not including, `words[to]`. */
// Why not each record by views of its own: at a million records, making them takes as long as the sums.
export function kindAt(
  words: Int32Array,
  from: number,
  to: number,
  number: number,
): Decoding | 'remove' | undefined {
  if (words[to - 1]! >>> 0 !== xxh32OfWords(words, from, to - 1, number)) return undefined;
  const kind = words[from];
  if (kind === PUT.exact) return 'exact';
  if (kind === PUT.scaled) return 'scaled';
  return kind === REMOVE ? 'remove' : undefined;
}

/** The key of a record: a view. */
export function keyOf(record: Uint8Array<ArrayBuffer>): KeyWords {
  return new Int32Array(record.buffer, record.byteOffset + AT.key, KEY_WORDS);
}

/** The row of a put record, `dim` float16 numbers: a view. */
export function rowOf(record: Uint8Array<ArrayBuffer>, dim: number): Uint16Array<ArrayBuffer> {
  return new Uint16Array(record.buffer, record.byteOffset + AT.row, dim);
}

function writeHead(record: Uint8Array<ArrayBuffer>, kind: number, key: PhotoKey): void {
  const words = wordsOf(key);
  if (!words) throw new RangeError(`“${key}” is no key: those are 32 hex digits, lower-case`);
  viewOf(record).setUint32(0, kind, true);
  keyOf(record).set(words);
}

function checksumOf(record: Uint8Array<ArrayBuffer>, number: number): number {
  return xxh32(record.subarray(0, -4), number);
}

function viewOf(record: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(record.buffer, record.byteOffset, record.length);
}
