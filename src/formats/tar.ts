import { grouped } from '../core/digits';
import { Failure } from '../core/failure';
import type { ByteSource } from './byte-source';

/** A regular file in a tar. Offsets in bytes from the tar's start. */
export interface TarMember {
  /** Path in the tar, without a leading "./". */
  readonly name: string;
  readonly byteLength: number;
  /** Offset of the next member's header: reading can go on there. */
  readonly next: number;
  /** Its bytes. @throws what `source.slice` throws */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

const BLOCK = 512;

/** Bytes of a long name, or of a member's extended header, that are read: real ones have a few hundred. */
const MOST_EXTENDED = 2 ** 20;

/**
 * The regular files of a tar, in its order: ustar, GNU's long names and large sizes, and PAX headers (POSIX.1-2001, "pax
 * Interchange Format"; GNU tar's manual, "Basic Tar Format"). Folders, links and devices are passed over.
 *
 * Why of our own: a tar is read by ranges, never whole, and a reading that was interrupted goes on from a member's header
 * without what comes before. Readers on npm take the whole buffer (nanotar) or a stream from its start (modern-tar),
 * and tell no offset.
 *
 * @param from offset of a member's header, as `next` gives it
 * @throws DataSetIncomplete if the tar ends within a member, or without its end mark; DataSetMalformed if a header is
 *   none or of a sparse file; what `source.slice` throws
 */
export async function* tarMembers(source: ByteSource, from = 0): AsyncGenerator<TarMember, void, undefined> {
  /** Of all members that follow, and of the next one. */
  let global = new Map<string, string>();
  let own = new Map<string, string>();
  for (let at = from; ;) {
    const header = new Uint8Array(await sliceOf(source, at, at + BLOCK));
    if (header.every((byte) => byte === 0)) return;
    requireSum(header, at);
    const type = String.fromCharCode(header[156]!);
    const start = at + BLOCK;
    const byteLength = sizeOf(header, own.get('size') ?? global.get('size'), type, at);
    const next = start + Math.ceil(byteLength / BLOCK) * BLOCK;
    // The padding of the last member may be missing, but then the end mark is too.
    if (start + byteLength > source.byteLength) throw cut(source, start + byteLength);
    if (type === 'x' || type === 'g' || type === 'L') {
      if (byteLength > MOST_EXTENDED) throw malformed(at, `a header of ${grouped(byteLength)} bytes`);
      const bytes = new Uint8Array(await sliceOf(source, start, start + byteLength));
      if (type === 'L') own.set('path', textOf(bytes, 0, bytes.length));
      else if (type === 'x') own = new Map([...own, ...recordsOf(bytes, at)]);
      else global = new Map([...global, ...recordsOf(bytes, at)]);
    } else if (type !== 'K') {
      if (type === 'S' || [...own.keys()].some((key) => key.startsWith('GNU.sparse'))) {
        throw malformed(at, 'a sparse file, which was written without its zeros,');
      }
      if (type === '0' || type === '\0' || type === '7') {
        const name = (own.get('path') ?? global.get('path') ?? nameOf(header)).replace(/^(?:\.\/)+/, '');
        // A name that ends in a slash is a folder, in tars older than their type.
        if (!name.endsWith('/')) {
          const read = async () => new Uint8Array(await sliceOf(source, start, start + byteLength));
          yield { name, byteLength, next, read };
        }
      }
      own = new Map();
    }
    at = next;
  }
}

async function sliceOf(source: ByteSource, start: number, end: number): Promise<ArrayBuffer> {
  if (end > source.byteLength) throw cut(source, end);
  return source.slice(start, end);
}

/** The member's length: by its extended header, in octal, or, for 8 GiB and more, in base 256 (GNU). */
function sizeOf(header: Uint8Array, extended: string | undefined, type: string, at: number): number {
  let size: number;
  if (extended !== undefined && type !== 'x' && type !== 'g') {
    size = /^\d+$/.test(extended) ? Number(extended) : NaN;
  } else if (header[124]! & 0x80) {
    size = header.subarray(125, 136).reduce((sum, byte) => sum * 256 + byte, header[124]! & 0x7f);
  } else {
    const octal = textOf(header, 124, 136).trim();
    size = /^[0-7]*$/.test(octal) ? Number.parseInt(octal || '0', 8) : NaN;
  }
  if (!Number.isSafeInteger(size)) throw malformed(at, 'no size');
  return size;
}

/** The name in a header, with ustar's prefix; GNU's own format keeps times in its place. */
function nameOf(header: Uint8Array): string {
  const name = textOf(header, 0, 100);
  const prefix = textOf(header, 257, 263) === 'ustar' && header[263] === 0x30 ? textOf(header, 345, 500) : '';
  return prefix ? `${prefix}/${name}` : name;
}

/** The records of an extended header: `LENGTH KEY=VALUE\n`, the length in bytes and of the whole record. */
function recordsOf(bytes: Uint8Array, at: number): Map<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < bytes.length && bytes[start] !== 0;) {
    const blank = bytes.indexOf(0x20, start);
    const length = Number(textOf(bytes, start, blank));
    const equals = bytes.indexOf(0x3d, blank);
    const end = start + length;
    if (blank < 0 || !(end > equals && equals > blank) || end > bytes.length) {
      throw malformed(at, 'extended records that are none');
    }
    records.set(textOf(bytes, blank + 1, equals), textOf(bytes, equals + 1, end - 1));
    start = end;
  }
  return records;
}

/** UTF-8 up to `end`, or to the first zero byte. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  const part = bytes.subarray(start, end);
  const zero = part.indexOf(0);
  return new TextDecoder().decode(zero < 0 ? part : part.subarray(0, zero));
}

/** @throws DataSetMalformed unless the header has its own checksum, taken with blanks in its place */
function requireSum(header: Uint8Array, at: number): void {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  const stored = Number.parseInt(textOf(header, 148, 156).trim(), 8);
  if (stored !== sum) throw malformed(at, 'no header of a tar');
}

function malformed(at: number, found: string): Failure {
  return new Failure('DataSetMalformed', `There is ${found} at byte ${grouped(at)} of the tar.`);
}

function cut({ byteLength }: ByteSource, end: number): Failure {
  const message = `The tar is cut short: it has ${grouped(byteLength)} bytes and goes on to byte ${grouped(end)} at least.`;
  return new Failure('DataSetIncomplete', message);
}
