import type { PhotoKey } from '../../core/photo-key';
import { float16ToFloat32, float32ToFloat16 } from '../../formats/float16';
import { xxh32 } from './xxh32';

const KEY_BYTES = 16;
const KEY_PATTERN = /^[\da-f]{32}$/;
const HEX_CODES = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

const PUT = 1;
const REMOVE = 2;

/** Where the key and the row begin, in bytes. */
const AT = { key: 4, row: 4 + KEY_BYTES };

/**
 * Bytes of a record: the same for all records of an index, a multiple of 4. A record is, little-endian:
 *
 * | at | what |
 * |---|---|
 * | 0 | u32: 1 sets the photo's row, 2 removes it |
 * | 4 | the photo's key, 16 bytes |
 * | 20 | `dim` float16 numbers (zeros to remove), then zeros up to a multiple of 4 |
 * | last 4 | u32: XXH32 of the bytes before, its seed the record's number from 0 on |
 */
// Why one size: a reader steps over a damaged record as over any other, and a removal, the rare one, may be long.
// Why the number is the seed: bytes that are whole yet in the wrong place (a sector written elsewhere, what an earlier
// file left behind) must not pass for a record.
export function recordSize(dim: number): number {
  return AT.row + 4 * Math.ceil(dim / 2) + 4;
}

/**
 * Makes `record`, all zeros, the one that sets the row of `key`, to be sealed. A number is rounded to float16.
 * @throws RangeError when `key` is no key or float16 has no finite number for one of `row`
 */
export function writePut(record: Uint8Array<ArrayBuffer>, key: PhotoKey, row: Float32Array): void {
  writeHead(record, PUT, key);
  const halves = float32ToFloat16(row);
  for (const [i, half] of halves.entries()) {
    const isFinite = (half & 0x7c00) !== 0x7c00;
    if (!isFinite) throw new RangeError(`A row cannot have ${row[i]} for its number ${i}`);
  }
  new Uint16Array(record.buffer, record.byteOffset + AT.row, row.length).set(halves);
}

/**
 * Makes `record`, all zeros, the one that removes the row of `key`, to be sealed.
 * @throws RangeError when `key` is no key
 */
export function writeRemove(record: Uint8Array<ArrayBuffer>, key: PhotoKey): void {
  writeHead(record, REMOVE, key);
}

/** Ends a record, or one moved to another place, with its checksum as record `number`. */
export function seal(record: Uint8Array<ArrayBuffer>, number: number): void {
  viewOf(record).setUint32(record.length - 4, checksumOf(record, number), true);
}

/** What record `number` does; undefined when it is damaged or was another record. */
export function kindOf(record: Uint8Array<ArrayBuffer>, number: number): 'put' | 'remove' | undefined {
  const view = viewOf(record);
  if (view.getUint32(record.length - 4, true) !== checksumOf(record, number)) return undefined;
  const kind = view.getUint32(0, true);
  if (kind === PUT) return 'put';
  return kind === REMOVE ? 'remove' : undefined;
}

export function keyOf(record: Uint8Array<ArrayBuffer>): PhotoKey {
  const codes: number[] = [];
  for (let i = AT.key; i < AT.key + KEY_BYTES; i += 1) {
    codes.push(HEX_CODES[record[i]! >>> 4]!, HEX_CODES[record[i]! & 15]!);
  }
  return String.fromCharCode(...codes);
}

/** The row of a record that sets one: `dim` numbers, a copy. */
export function rowOf(record: Uint8Array<ArrayBuffer>, dim: number): Float32Array<ArrayBuffer> {
  return float16ToFloat32(new Uint16Array(record.buffer, record.byteOffset + AT.row, dim));
}

function writeHead(record: Uint8Array<ArrayBuffer>, kind: number, key: PhotoKey): void {
  if (!KEY_PATTERN.test(key)) throw new RangeError(`“${key}” is no key: those are 32 hex digits, lower-case`);
  viewOf(record).setUint32(0, kind, true);
  for (let i = 0; i < KEY_BYTES; i += 1) {
    record[AT.key + i] = Number.parseInt(key.slice(2 * i, 2 * i + 2), 16);
  }
}

function checksumOf(record: Uint8Array<ArrayBuffer>, number: number): number {
  return xxh32(record.subarray(0, -4), number);
}

function viewOf(record: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(record.buffer, record.byteOffset, record.length);
}
