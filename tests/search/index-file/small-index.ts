import type { Decoding } from '../../../src/core/decoding';
import { openIndexFile, type OpenedIndex, type TakeRow } from '../../../src/search/index-file/index-file';
import { keyOfWords, type PhotoKey } from '../../../src/core/photo-key';
import { float16ToFloat32 } from '../../../src/formats/float16';
import { MemoryFile } from './memory-file';

/** A description whose records have 32 bytes. */
export const SMALL = { model: 'small', dim: 3 };
export const HEADER = 256;
export const RECORD = 32;

export type Rows = Record<PhotoKey, number[]>;

/** The key of photo `n`, 0 to 255. */
export function key(n: number): PhotoKey {
  return n.toString(16).padStart(2, '0').repeat(16);
}

/** A row of numbers that float16 has. */
export function row(...numbers: number[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(numbers);
}

/** A put of photo `n` with a row that tells it, and the `version` of it, from others. */
export function put(n: number, version = 0): [PhotoKey, Float32Array<ArrayBuffer>] {
  return [key(n), row(n, version / 8, 1)];
}

/** What an index of such puts tells when it is opened. */
export function rowsOf(puts: readonly (readonly [PhotoKey, Float32Array])[]): Rows {
  return Object.fromEntries(puts.map(([k, numbers]) => [k, [...numbers]]));
}

/** Collects the rows that are told. Throws where one is told twice. */
export function collect(rows: Rows): TakeRow {
  return (words, halves) => {
    const k = keyOfWords(words);
    if (k in rows) throw new Error(`${k} was told twice`);
    rows[k] = [...float16ToFloat32(halves)];
  };
}

/** Opens the small index in `file`, with all the rows that it tells. Throws where one is told twice. */
export async function open(
  file: MemoryFile,
  description = SMALL,
  decoding?: Decoding,
): Promise<OpenedIndex & { rows: Rows }> {
  const rows: Rows = {};
  return { ...(await openIndexFile(file, description, collect(rows), decoding)), rows };
}

/** A file with photos 0 to `count` - 1, a record each. */
export async function filled(count: number): Promise<MemoryFile> {
  const file = new MemoryFile();
  const { index } = await open(file);
  await index.append(Array.from({ length: count }, (_, n) => put(n)));
  return file;
}

/** `bytes` with one bit turned. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
