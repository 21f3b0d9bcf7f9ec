import type { UnitRows } from '../core/unit-rows';
import { xxh32 } from '../core/xxh32';

/** A file that grows at its end. One call at a time. */
export interface LogFile {
  readonly byteLength: number;
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Durable once it resolves. */
  append(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** What a log keeps at once: what is said of some rows, and the rows. */
export interface LogRecord<Entry> {
  readonly entry: Entry;
  readonly rows: UnitRows;
}

/** The rows of a record that has none. */
export const NO_ROWS: UnitRows = { count: 0, dim: 0, data: new Float32Array(0) };

/** Bytes before an entry: a mark, the lengths of its text and its rows in bytes, and their XXH32. */
const HEAD = 16;
const MARK = 0x31454343;

/** A record as it is written: its head, the entry and the rows' length as JSON, blanks up to a multiple of 4 bytes, the rows. */
export function recordOf(entry: unknown, { dim, data }: UnitRows): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify([entry, dim]));
  const padded = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(HEAD + padded + data.byteLength);
  bytes.fill(0x20, HEAD, HEAD + padded);
  bytes.set(text, HEAD);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), HEAD + padded);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, MARK, true);
  head.setUint32(4, padded, true);
  head.setUint32(8, data.byteLength, true);
  head.setUint32(12, xxh32(bytes.subarray(HEAD)), true);
  return bytes;
}

/** The records from `at` on, each with where it ends, up to the first that is damaged or cut short. */
export async function* readRecords<Entry>(
  file: LogFile,
  at = 0,
): AsyncGenerator<LogRecord<Entry> & { readonly end: number }, void, undefined> {
  for (;;) {
    const found = await readRecord(file, at);
    if (found === undefined) return;
    yield { ...found, entry: found.entry as Entry };
    at = found.end;
  }
}

/** The record at `at`; undefined if there is none, or not as it was written. */
async function readRecord(file: LogFile, at: number) {
  if (at + HEAD > file.byteLength) return undefined;
  const head = new DataView((await file.read(at, at + HEAD)).buffer);
  const [textBytes, dataBytes] = [head.getUint32(4, true), head.getUint32(8, true)];
  const end = at + HEAD + textBytes + dataBytes;
  if (head.getUint32(0, true) !== MARK || end > file.byteLength) return undefined;
  const bytes = await file.read(at + HEAD, end);
  if (xxh32(bytes) !== head.getUint32(12, true)) return undefined;
  const [entry, dim] = JSON.parse(new TextDecoder().decode(bytes.subarray(0, textBytes))) as [
    unknown,
    number,
  ];
  const data = new Float32Array(bytes.slice(textBytes).buffer);
  return { entry, rows: { count: dim > 0 ? data.length / dim : 0, dim, data }, end };
}
