import { Failure } from '../../core/failure';
import { xxh32 } from '../../core/xxh32';

/** The model and row length of an index file. */
export interface IndexDescription {
  /** 1 to 200 bytes of UTF-8, identifying everything that determines a row: weights and preprocessing. */
  readonly model: string;
  /** 1 to 65,536. */
  readonly dim: number;
}

/** Size of the header in bytes; the records follow. */
export const HEADER_SIZE = 256;

/** Format version; files of any other are unreadable. */
const VERSION = 1;

/** Encoding of the numbers: 1 is float16. */
const ENCODING = 1;

const MAGIC = new TextEncoder().encode('CLIPSIDX');
const MOST_MODEL_BYTES = 200;
const MOST_DIM = 65_536;

/** Byte offsets of the header's fields. All numbers are little-endian. */
const AT = { version: 8, dim: 12, encoding: 16, modelLength: 20, model: 22, checksum: HEADER_SIZE - 4 };

/**
 * The header of an index file, 256 bytes, little-endian:
 *
 * | offset | content |
 * |---|---|
 * | 0 | `CLIPSIDX` |
 * | 8 | u32: the format's version, 1 |
 * | 12 | u32: `dim` |
 * | 16 | u32: encoding of numbers, 1 for float16 |
 * | 20 | u16: the length of the model's name in bytes |
 * | 22 | the model's name, UTF-8, then zeros |
 * | 252 | u32: XXH32 of the bytes before, seed 0 |
 *
 * @throws RangeError if the name or `dim` is out of range
 */
export function createHeader({ model, dim }: IndexDescription): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(model);
  if (name.length < 1 || name.length > MOST_MODEL_BYTES) {
    throw new RangeError(`A model's name has 1 to ${MOST_MODEL_BYTES} bytes, not ${name.length}`);
  }
  if (!Number.isInteger(dim) || dim < 1 || dim > MOST_DIM) {
    throw new RangeError(`A row has 1 to ${MOST_DIM} numbers, not ${dim}`);
  }
  const header = new Uint8Array(HEADER_SIZE);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint32(AT.version, VERSION, true);
  view.setUint32(AT.dim, dim, true);
  view.setUint32(AT.encoding, ENCODING, true);
  view.setUint16(AT.modelLength, name.length, true);
  header.set(name, AT.model);
  view.setUint32(AT.checksum, checksumOf(header), true);
  return header;
}

/** Whether the first bytes of a file are an intact header, of any model. */
export function isHeader(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_SIZE && hasMagic(bytes) && checksumOf(bytes) === storedChecksum(bytes);
}

/**
 * Checks that `header`, 256 bytes, matches this description exactly.
 * @throws IndexUnreadable
 */
export function checkHeader(header: Uint8Array, { model, dim }: IndexDescription): void {
  const view = new DataView(header.buffer, header.byteOffset, HEADER_SIZE);
  if (!hasMagic(header)) {
    const start = Array.from(header.subarray(0, MAGIC.length), (byte) => hex(byte, 2)).join(' ');
    throw unreadable(`The file is no index: it begins with the bytes ${start}`);
  }
  const version = view.getUint32(AT.version, true);
  if (version !== VERSION) throw unreadable(`The index has version ${version} instead of ${VERSION}`);
  const [found, expected] = [storedChecksum(header), checksumOf(header)];
  if (found !== expected) {
    throw unreadable(
      `The index's header is damaged: its checksum is ${hex(found)} instead of ${hex(expected)}`,
    );
  }
  const encoding = view.getUint32(AT.encoding, true);
  if (encoding !== ENCODING) {
    throw unreadable(`The index keeps its numbers in encoding ${encoding} instead of ${ENCODING}`);
  }
  const length = view.getUint16(AT.modelLength, true);
  const name = new TextDecoder().decode(
    header.subarray(AT.model, AT.model + Math.min(length, MOST_MODEL_BYTES)),
  );
  if (name !== model || length > MOST_MODEL_BYTES) {
    throw unreadable(`The index holds rows of the model ${name} (${length} bytes) instead of ${model}`);
  }
  const numbers = view.getUint32(AT.dim, true);
  if (numbers !== dim) throw unreadable(`The index has rows of ${numbers} numbers instead of ${dim}`);
}

function hasMagic(header: Uint8Array): boolean {
  return MAGIC.every((byte, i) => header[i] === byte);
}

function checksumOf(header: Uint8Array): number {
  return xxh32(header.subarray(0, AT.checksum));
}

function storedChecksum(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(AT.checksum, true);
}

function unreadable(message: string): Failure {
  return new Failure('IndexUnreadable', message);
}

function hex(value: number, digits = 8): string {
  return value.toString(16).padStart(digits, '0');
}
