import { grouped } from '../../core/digits';
import type { ByteSource } from '../byte-source';

/** A file in a zip archive. */
export interface ZipRecord {
  /** Position of its first byte in the archive. */
  readonly start: number;
  readonly end: number;
  /** Its bytes are not the file's, and cannot be read. */
  readonly isCompressed?: boolean;
}

/** An archive that is damaged, or of a form that is not read. */
export class ZipError extends Error {}

const END = { signature: 0x06054b50, bytes: 22, mostComment: 0xffff } as const;
const LOCATOR = { signature: 0x07064b50, bytes: 20 } as const;
const END64 = { signature: 0x06064b50, bytes: 56 } as const;
const CENTRAL = { signature: 0x02014b50, bytes: 46 } as const;
const LOCAL = { signature: 0x04034b50, bytes: 30 } as const;

/** Far above any checkpoint's: a thousand records take some 100 KB. */
const MOST_DIRECTORY = 2 ** 24;

/** The flag of a record whose sizes follow its bytes, and what they take: signature, sum and two sizes. */
const SIZES_FOLLOW = 8;
const FOLLOWING = [16, 24] as const;

const NOT_HERE = 0xffffffff;

interface Entry {
  readonly name: string;
  /** Bytes that it takes. */
  readonly size: number;
  readonly isCompressed: boolean;
  readonly header: number;
  readonly nameBytes: number;
  readonly followed: boolean;
}

/**
 * Where the records of an archive are, by name: APPNOTE.TXT 6.3.10, with the 64-bit sizes, without encryption or several
 * parts. Reads the directory and one local header: all of them would be hundreds of requests to a
 * server, and what stands between a record's bytes and the next record is the same after each.
 * @throws ZipError, and what `source.slice` throws
 */
export async function readZipRecords(source: ByteSource): Promise<ReadonlyMap<string, ZipRecord>> {
  const { offset, length } = await findDirectory(source);
  const entries = readDirectory(await view(source, offset, offset + length));
  const sorted = entries.toSorted((a, b) => b.header - a.header);
  const records = new Map<string, ZipRecord>();
  let [next, here] = [offset, offset];
  let following: number | undefined;
  for (const entry of sorted) {
    if (entry.header + LOCAL.bytes > offset)
      throw new ZipError(`Its record ${entry.name} is not where its directory says.`);
    if (entry.header < here) [next, here] = [here, entry.header];
    if (entry.followed) following ??= await followingBytes(source, entry, next);
    const end = next - (entry.followed ? (following ?? 0) : 0);
    const start = end - entry.size;
    if (start < entry.header + LOCAL.bytes + entry.nameBytes)
      throw new ZipError(`Its record ${entry.name} overlaps another.`);
    records.set(entry.name, { start, end, ...(entry.isCompressed && { isCompressed: true }) });
  }
  return records;
}

/** What stands between the bytes of `entry`, whose sizes follow it, and the `next` header. */
async function followingBytes(source: ByteSource, entry: Entry, next: number): Promise<number> {
  const header = await view(source, entry.header, entry.header + LOCAL.bytes);
  if (header.getUint32(0, true) !== LOCAL.signature)
    throw new ZipError(`Its record ${entry.name} is not where its directory says.`);
  const start = entry.header + LOCAL.bytes + header.getUint16(26, true) + header.getUint16(28, true);
  const rest = next - start - entry.size;
  if (!FOLLOWING.some((bytes) => bytes === rest))
    throw new ZipError(`${grouped(rest)} bytes follow its record ${entry.name}, which are no sizes.`);
  return rest;
}

/** @throws ZipError */
async function findDirectory(source: ByteSource): Promise<{ offset: number; length: number }> {
  const { byteLength } = source;
  const from = Math.max(0, byteLength - END.bytes - END.mostComment - LOCATOR.bytes);
  const tail = await view(source, from, byteLength);
  let at = tail.byteLength - END.bytes;
  while (at >= 0 && tail.getUint32(at, true) !== END.signature) at--;
  if (at < 0) throw new ZipError('It is cut short: its directory, which ends it, is missing.');
  const located = at - LOCATOR.bytes;
  if (located >= 0 && tail.getUint32(located, true) === LOCATOR.signature) {
    const end64 = within(tail.getBigUint64(located + 8, true), byteLength - END64.bytes);
    const long = await view(source, end64, end64 + END64.bytes);
    if (long.getUint32(0, true) !== END64.signature)
      throw new ZipError('Its directory is not where it says.');
    return directoryAt(long.getBigUint64(48, true), long.getBigUint64(40, true), end64);
  }
  return directoryAt(BigInt(tail.getUint32(at + 16, true)), BigInt(tail.getUint32(at + 12, true)), from + at);
}

function directoryAt(offset: bigint, length: bigint, end: number): { offset: number; length: number } {
  if (length > MOST_DIRECTORY)
    throw new ZipError(
      `Its directory has ${grouped(length)} bytes; at most ${grouped(MOST_DIRECTORY)} are read.`,
    );
  if (offset + length > end) throw new ZipError('Its directory is not where it says.');
  return { offset: Number(offset), length: Number(length) };
}

function within(position: bigint, most: number): number {
  if (position > most) throw new ZipError('Its directory is not where it says.');
  return Number(position);
}

function readDirectory(directory: DataView): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < directory.byteLength;) {
    if (at + CENTRAL.bytes > directory.byteLength || directory.getUint32(at, true) !== CENTRAL.signature)
      throw new ZipError(`Its directory is damaged at byte ${grouped(at)}.`);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      directory.getUint16(at + field, true),
    ) as [number, number, number];
    const extraStart = at + CENTRAL.bytes + nameBytes;
    const end = extraStart + extraBytes + commentBytes;
    if (end > directory.byteLength) throw new ZipError(`Its directory is damaged at byte ${grouped(at)}.`);
    const name = new TextDecoder().decode(
      new Uint8Array(directory.buffer, directory.byteOffset + at + CENTRAL.bytes, nameBytes),
    );
    const flags = directory.getUint16(at + 8, true);
    if ((flags & 1) !== 0) throw new ZipError(`Its record ${name} is encrypted.`);
    const isCompressed = directory.getUint16(at + 10, true) !== 0;
    const [size, header] = longSizes(
      directory,
      [extraStart, extraStart + extraBytes],
      [20, 24, 42].map((field) => directory.getUint32(at + field, true)),
    );
    const followed = (flags & SIZES_FOLLOW) !== 0;
    entries.push({ name, size, isCompressed, header, nameBytes, followed });
    at = end;
  }
  return entries;
}

/** Bytes that a record takes and its position, from its extra fields where 32 bits do not hold them. @throws ZipError */
function longSizes(
  directory: DataView,
  [from, to]: readonly [number, number],
  [compressed = 0, size = 0, header = 0]: readonly number[],
): readonly [size: number, header: number] {
  // In the extra field, in this order, stand those alone that are not here.
  const wanted = [size, compressed, header];
  if (!wanted.includes(NOT_HERE)) return [compressed, header];
  for (let at = from; at + 4 <= to;) {
    const [id, length] = [directory.getUint16(at, true), directory.getUint16(at + 2, true)];
    if (id === 1) {
      let field = at + 4;
      const [, long = 0, longHeader = 0] = wanted.map((short) => {
        if (short !== NOT_HERE) return short;
        if (field + 8 > Math.min(to, at + 4 + length))
          throw new ZipError('Its directory lacks a 64-bit size.');
        field += 8;
        return within(directory.getBigUint64(field - 8, true), Number.MAX_SAFE_INTEGER);
      });
      return [long, longHeader];
    }
    at += 4 + length;
  }
  throw new ZipError('Its directory lacks a 64-bit size.');
}

async function view(source: ByteSource, from: number, to: number): Promise<DataView> {
  return new DataView(await source.slice(from, to));
}
