import { Failure } from '../core/failure';

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

/**
 * The numbers of a one-dimensional array in NumPy's file format (NEP 1; versions 1 to 3).
 * @throws DataSetMalformed if it is anything else, or cut short
 */
export function readNpyVector(bytes: Uint8Array<ArrayBuffer>): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (MAGIC.some((byte, at) => bytes[at] !== byte) || bytes.length < 12)
    throw malformed('it does not begin as one');
  const isFirst = bytes[6] === 1;
  const start = isFirst ? 10 : 12;
  const from = start + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder().decode(bytes.subarray(start, from));
  const [, order, code = ''] = /'descr':\s*'([<>|=])(\w+)'/.exec(header) ?? [];
  const [, count] = /'shape':\s*\((\d+),\s*\)/.exec(header) ?? [];
  const read = READERS[code];
  if (read === undefined) throw malformed(`its numbers are of no known type: ${header.trim().slice(0, 80)}`);
  if (count === undefined) throw malformed('it is no list of numbers');
  const width = Number(code.slice(1));
  if (from + Number(count) * width > bytes.length) throw malformed('it is cut short');
  return Array.from({ length: Number(count) }, (_, i) => read(view, from + i * width, order !== '>'));
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

function malformed(what: string): Failure {
  return new Failure('DataSetMalformed', `This is no array of NumPy: ${what}.`);
}
