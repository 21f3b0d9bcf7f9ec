import { Failure } from '../core/failure';
import type { ByteSource } from './byte-source';
import { grouped } from '../core/digits';
import type { Span } from '../core/spans';
import { describe, parseStrictJson, quoted, type JsonValue } from './json';

/** Bits per element, by dtype name (`Dtype` of the safetensors crate, 0.8). */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type SafetensorsDtype = keyof typeof DTYPE_BITS;

/** One tensor of a file: little-endian, without padding; in safetensors row-major. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  /** `[]` is a scalar; a 0 anywhere means no elements. */
  readonly shape: readonly number[];
  /** Steps between elements along each axis, in elements; absent where they stand in row-major order. */
  readonly strides?: readonly number[];
  /**
   * Tensors that make this one, one after the other along its first axis, where the file has it in pieces; `start` and
   * `end` then enclose them.
   */
  readonly pieces?: readonly TensorInfo[];
  /** Position of the first byte in the file; not necessarily aligned to the element size. */
  readonly start: number;
  /** Position one past the last byte. */
  readonly end: number;
}

/** The tensors of a file of weights, by name, in file order. */
export interface WeightsHeader {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** A validated header: its tensors cover every byte from `dataStart` to the end of the file exactly once. */
export interface SafetensorsHeader extends WeightsHeader {
  /** The strings of `__metadata__`; empty if absent. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Position of the first byte after the header. */
  readonly dataStart: number;
}

/** The file begins with the header's length, a little-endian u64. */
const LENGTH_BYTES = 8;

/**
 * Far above any model's: a thousand tensors take some 100 KB. The format allows 100 MB, which take some 25 times their
 * length once they are parsed.
 */
const MAX_HEADER_BYTES = 2 ** 24;

/**
 * Reads and validates the header, without reading any tensor, by the rules of
 * https://github.com/huggingface/safetensors#format. Where the reference reader is laxer than that text (duplicate
 * names, space before the header, a list in place of an object), the text applies. Like there, unknown fields of a
 * tensor are ignored.
 * @throws SafetensorsMalformed with the problem and its position, and whatever `source.slice` throws
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const fileLength = source.byteLength;
  if (fileLength < LENGTH_BYTES) {
    throw malformed(
      `The file has ${bytes(fileLength)}; the length of its header alone takes ${LENGTH_BYTES}.`,
    );
  }
  const dataStart = LENGTH_BYTES + headerLength(await source.slice(0, LENGTH_BYTES), fileLength);
  const entries = parseHeader(await source.slice(LENGTH_BYTES, dataStart));
  const metadata = readMetadata(entries.get('__metadata__'));
  const tensors = [...entries]
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readTensorInfo(name, entry, dataStart))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  checkCoverage(tensors, dataStart, fileLength);
  return { tensors: new Map(tensors.map((info) => [info.name, info])), metadata, dataStart };
}

/** The tensor's raw bytes, in row-major order. @throws what `source.slice` throws */
export async function readTensor(source: ByteSource, info: TensorInfo): Promise<ArrayBuffer> {
  if (info.pieces) {
    const pieces = await Promise.all(info.pieces.map((piece) => readTensor(source, piece)));
    return new Blob(pieces).arrayBuffer();
  }
  const there = await source.slice(info.start, info.end);
  return info.strides ? inRowMajor(there, info.shape, info.strides, DTYPE_BITS[info.dtype] / 8) : there;
}

/** Where a file has the bytes of a tensor, in order. */
export function placesOf(info: TensorInfo): readonly Span[] {
  return info.pieces ? info.pieces.flatMap(placesOf) : [info];
}

/** Copies elements of `size` bytes into row-major order. */
function inRowMajor(
  from: ArrayBuffer,
  shape: readonly number[],
  strides: readonly number[],
  size: number,
): ArrayBuffer {
  const there = new Uint8Array(from);
  const made = new Uint8Array(elementCount(shape) * size);
  const place = shape.map(() => 0);
  let source = 0;
  for (let to = 0; to < made.length; to += size) {
    for (let byte = 0; byte < size; byte++) made[to + byte] = there[source * size + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place[axis]!++;
      source += strides[axis]!;
      if (place[axis]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
  return made.buffer;
}

/** Number of elements in a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function headerLength(lengthBytes: ArrayBuffer, fileLength: number): number {
  const length = new DataView(lengthBytes).getBigUint64(0, true);
  if (length === 0n) throw malformed('The header has no length: the first 8 bytes are 0.');
  if (length > MAX_HEADER_BYTES) {
    const text = String.fromCharCode(...new Uint8Array(lengthBytes));
    // A Git LFS pointer ("version "), a web page ("<!DOCTYP") or the like, saved under the file's name.
    if (/^[\x20-\x7e]*$/.test(text)) throw malformed(`The file is a text that begins with ${quoted(text)}.`);
    const limit = grouped(MAX_HEADER_BYTES);
    throw malformed(`The header says it is ${bytes(length)} long; at most ${limit} are read.`);
  }
  const rest = fileLength - LENGTH_BYTES;
  if (length > rest) {
    throw malformed(
      `The file is cut short: the header says it is ${bytes(length)} long, ${bytes(rest)} follow.`,
    );
  }
  return Number(length);
}

function parseHeader(header: ArrayBuffer): ReadonlyMap<string, JsonValue> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
  } catch (cause) {
    throw malformed('The header is not UTF-8 text.', cause);
  }
  if (!text.startsWith('{')) {
    throw malformed(`The header begins with ${quoted(text.charAt(0))}, not with "{".`);
  }
  try {
    return parseStrictJson(text) as ReadonlyMap<string, JsonValue>;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw malformed(`The header's JSON is wrong: ${cause.message}.`, cause);
  }
}

function readMetadata(value: JsonValue | undefined): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!(value instanceof Map)) {
    throw malformed(`__metadata__ is ${describe(value)}, not an object of strings.`);
  }
  for (const [name, text] of value as ReadonlyMap<string, JsonValue>) {
    if (typeof text !== 'string') {
      throw malformed(`__metadata__ has ${describe(text)} under ${quoted(name)}; only strings are allowed.`);
    }
    metadata.set(name, text);
  }
  return metadata;
}

function readTensorInfo(name: string, entry: JsonValue, dataStart: number): TensorInfo {
  const who = `Tensor ${quoted(name)}`;
  if (!(entry instanceof Map)) {
    throw malformed(`${who} is described by ${describe(entry)}, not by an object.`);
  }
  const fields = entry as ReadonlyMap<string, JsonValue>;
  const dtype = readDtype(who, fields.get('dtype'));
  const shape = readWholeNumbers(who, 'shape', fields.get('shape'));
  const offsets = readWholeNumbers(who, 'data_offsets', fields.get('data_offsets'));
  const [start, end] = offsets;
  if (start === undefined || end === undefined || offsets.length !== 2) {
    throw malformed(`${who} has data_offsets of ${grouped(offsets.length)} numbers, not 2.`);
  }
  if (start > end) throw malformed(`${who} has data_offsets from ${grouped(start)} back to ${grouped(end)}.`);
  const takes = byteLengthOf(who, dtype, shape);
  if (takes !== end - start) {
    const kind = `${dtype} of shape ${shapeText(shape)}`;
    throw malformed(
      `${who}, ${kind}, takes ${bytes(takes)}; its data_offsets give it ${grouped(end - start)}.`,
    );
  }
  return { name, dtype, shape, start: dataStart + start, end: dataStart + end };
}

function readDtype(who: string, value: JsonValue | undefined): SafetensorsDtype {
  if (value === undefined) throw malformed(`${who} has no dtype.`);
  if (typeof value !== 'string') throw malformed(`${who} has ${describe(value)} as its dtype, not a string.`);
  if (!Object.hasOwn(DTYPE_BITS, value)) throw malformed(`${who} has the unknown dtype ${quoted(value)}.`);
  return value as SafetensorsDtype;
}

function readWholeNumbers(who: string, field: string, value: JsonValue | undefined): readonly number[] {
  if (value === undefined) throw malformed(`${who} has no ${field}.`);
  if (!Array.isArray(value)) throw malformed(`${who} has ${describe(value)} as its ${field}, not an array.`);
  const wrong = (value as readonly JsonValue[]).find((item) => typeof item !== 'number');
  if (wrong !== undefined) {
    throw malformed(`${who} has ${describe(wrong)} in its ${field}, not a whole number from 0 to 2^53 - 1.`);
  }
  return value as readonly number[];
}

function byteLengthOf(who: string, dtype: SafetensorsDtype, shape: readonly number[]): number {
  let bits = DTYPE_BITS[dtype] as number;
  for (const size of shape) {
    bits *= size;
    if (bits > Number.MAX_SAFE_INTEGER) {
      throw malformed(`${who}, ${dtype} of shape ${shapeText(shape)}, would take more bits than 2^53 - 1.`);
    }
  }
  if (bits % 8 !== 0) {
    throw malformed(
      `${who}, ${dtype} of shape ${shapeText(shape)}, takes ${grouped(bits)} bits: no whole bytes.`,
    );
  }
  return bits / 8;
}

/** `tensors` are in file order. Offsets in messages are relative to `dataStart`, as in the header. */
function checkCoverage(tensors: readonly TensorInfo[], dataStart: number, fileLength: number): void {
  const last = tensors.reduce((end, info) => Math.max(end, info.end), dataStart);
  if (last > fileLength) {
    throw malformed(
      `The file is cut short: the header says ${bytes(last)}, the file has ${grouped(fileLength)}.`,
    );
  }
  const place = (offset: number) => grouped(offset - dataStart);
  let covered = dataStart;
  let before = '';
  for (const { name, start, end } of tensors) {
    if (start < covered) {
      const inside = `inside ${before}, which ends at byte ${place(covered)}`;
      throw malformed(`Tensor ${quoted(name)} begins at byte ${place(start)} of the data, ${inside}.`);
    }
    if (start > covered) {
      const hole = `Bytes ${place(covered)} to ${place(start)} of the data, before tensor ${quoted(name)}`;
      throw malformed(`${hole}, belong to no tensor.`);
    }
    covered = end;
    before = quoted(name);
  }
  if (covered < fileLength) {
    const rest = `Bytes ${place(covered)} to ${place(fileLength)} of the data, after the last tensor`;
    throw malformed(`${rest}, belong to no tensor.`);
  }
}

function shapeText(shape: readonly number[]): string {
  const sizes = shape.slice(0, 8).join(', ');
  return shape.length > 8 ? `[${sizes}, … ${grouped(shape.length)} in all]` : `[${sizes}]`;
}

function bytes(count: number | bigint): string {
  return `${grouped(count)} ${BigInt(count) === 1n ? 'byte' : 'bytes'}`;
}

function malformed(message: string, cause?: unknown): Failure {
  return new Failure('SafetensorsMalformed', message, cause === undefined ? {} : { cause });
}
