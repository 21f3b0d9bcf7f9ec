import { Failure, type FailureName } from '../core/failure';
import type { ByteSource } from './byte-source';

/** Reads one number, by NumPy's type code without its byte order. */
const READERS: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** Byte 0x93, then "NUMPY". */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** What a file in NumPy's format says of its numbers. */
interface Header {
  /** Byte order and type, such as `<f2`. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** Columns one after the other, not rows. */
  readonly isFortran: boolean;
  /** Where the numbers begin, in bytes. */
  readonly start: number;
}

/** Bytes that hold the header of any array of numbers. */
const MOST_HEADER_BYTES = 4096;

/**
 * The numbers of a one-dimensional array in NumPy's file format (NEP 1; versions 1 to 3).
 * @throws DataSetMalformed if it is anything else, or cut short
 */
export function readNpyVector(bytes: Uint8Array<ArrayBuffer>): number[] {
  const { descr, shape, start } = readHeader(bytes);
  const read = READERS[descr.slice(1)];
  if (read === undefined) throw malformed(`its numbers are of no known type: ${descr}`);
  if (shape.length !== 1) throw malformed('it is no list of numbers');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [count = 0] = shape;
  const width = Number(descr.slice(2));
  if (start + count * width > bytes.length) throw malformed('it is cut short');
  return Array.from({ length: count }, (_, i) => read(view, start + i * width, !descr.startsWith('>')));
}

/** A table of float numbers in NumPy's file format. */
export interface NpyTable {
  readonly rows: number;
  readonly dim: number;
  /** Bytes of a number: 2 or 4, little-endian. */
  readonly width: 2 | 4;
  /** Where the numbers begin, in bytes. */
  readonly start: number;
}

/**
 * Reads the header of a table of float16 or float32 numbers, row by row.
 * @throws EmbeddingsMalformed if it is anything else, or cut short
 */
export async function readNpyTable(source: ByteSource): Promise<NpyTable> {
  const bytes = new Uint8Array(await source.slice(0, Math.min(source.byteLength, MOST_HEADER_BYTES)));
  const { descr, shape, isFortran, start } = readHeader(bytes, 'EmbeddingsMalformed');
  const [rows = 0, dim = 0] = shape;
  const refuse = (what: string) => malformed(what, 'EmbeddingsMalformed');
  if (shape.length !== 2 || dim < 1)
    throw refuse(`it has the shape (${shape.join(', ')}), not rows and columns`);
  if (descr !== '<f2' && descr !== '<f4')
    throw refuse(`its numbers are of type ${descr}, not float16 or float32 (<f2, <f4)`);
  if (isFortran) throw refuse('it is stored by columns (fortran_order), not by rows');
  const width = descr === '<f2' ? 2 : 4;
  if (start + rows * dim * width > source.byteLength) throw refuse('it is cut short');
  return { rows, dim, width, start };
}

/** @throws DataSetMalformed, or a failure of that name */
function readHeader(bytes: Uint8Array<ArrayBuffer>, name?: FailureName): Header {
  if (MAGIC.some((byte, at) => bytes[at] !== byte) || bytes.length < 12)
    throw malformed('it does not begin as one', name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = bytes[6] === 1;
  const from = isFirst ? 10 : 12;
  const start = from + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder().decode(bytes.subarray(from, start));
  const [, descr = ''] = /'descr':\s*'([<>|=]\w+)'/.exec(header) ?? [];
  if (descr === '') throw malformed(`its numbers are of no known type: ${header.trim().slice(0, 80)}`, name);
  const [, shape = ''] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  const sizes = shape.split(',').filter((size) => size.trim() !== '');
  return { descr, shape: sizes.map(Number), isFortran: /'fortran_order':\s*True/.test(header), start };
}

/** Bytes before the numbers of a file that `npyHeader` begins. */
export const NPY_HEADER_BYTES = 128;

/**
 * What stands before the float16 numbers of a table `[rows, dim]` in NumPy's file format 1.0 (NEP 1): always 128 bytes,
 * so that the numbers are aligned to 64 and the header of a file can be written again once its rows are counted.
 * @throws RangeError unless `rows` is an integer from 0 and `dim` one from 1
 */
export function npyHeader(rows: number, dim: number): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(rows) || rows < 0 || !Number.isSafeInteger(dim) || dim < 1)
    throw new RangeError(`No table has ${rows} rows of ${dim} numbers`);
  const text = `{'descr': '<f2', 'fortran_order': False, 'shape': (${rows}, ${dim}), }`;
  const length = NPY_HEADER_BYTES - MAGIC.length - 4;
  const header = new TextEncoder().encode(`${text.padEnd(length - 1)}\n`);
  return new Uint8Array([...MAGIC, 1, 0, length, 0, ...header]);
}

function malformed(what: string, name: FailureName = 'DataSetMalformed'): Failure {
  return new Failure(
    name,
    `${name === 'DataSetMalformed' ? 'This is no array of NumPy' : 'This is no table of embeddings in NumPy’s format'}: ${what}.`,
  );
}
