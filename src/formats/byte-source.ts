import { Failure, messageOf } from '../core/failure';
import { grouped } from '../core/digits';

/** Bytes of a buffer, a file or a server, read in slices. */
export interface ByteSource {
  /** Total length in bytes. */
  readonly byteLength: number;
  /**
   * A copy of bytes `start` to `end` (exclusive): exactly `end - start` of them, or a rejection.
   * Nothing is clamped. @throws RangeError unless `0 <= start <= end <= byteLength`, all whole numbers
   */
  slice(start: number, end: number): Promise<ArrayBuffer>;
  /** The files that are joined in it, if it is more than one. */
  readonly parts?: readonly ByteSource[];
}

/** Reads from memory. `buffer` is not copied, so changes to it show through. */
export function bufferSource(buffer: ArrayBuffer | Uint8Array): ByteSource {
  const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
  const byteLength = bytes.byteLength;
  return {
    byteLength,
    async slice(start, end) {
      checkRange(start, end, byteLength);
      const piece = new Uint8Array(end - start);
      piece.set(bytes.subarray(start, end));
      return piece.buffer;
    },
  };
}

/**
 * Reads a file picked by the user, or one stored by the browser.
 * `slice` throws FileUnreadable if the file was removed or changed since, or returns fewer bytes than requested.
 */
export function blobSource(blob: Blob): ByteSource {
  const byteLength = blob.size;
  return {
    byteLength,
    async slice(start, end) {
      checkRange(start, end, byteLength);
      const asked = `bytes ${grouped(start)} to ${grouped(end)} of a file of ${grouped(byteLength)}`;
      const piece = await blob
        .slice(start, end)
        .arrayBuffer()
        .catch((cause: unknown) => {
          const message = `Could not read ${asked}: ${messageOf(cause)}`;
          throw new Failure('FileUnreadable', message, { cause });
        });
      if (piece.byteLength !== end - start) {
        const message = `Asked for ${grouped(end - start)} bytes (${asked}), got ${grouped(piece.byteLength)}.`;
        throw new Failure('FileUnreadable', message);
      }
      return piece;
    },
  };
}

/** Files one after the other, as one. `slice` throws what theirs do. */
export function joinedSource(parts: readonly ByteSource[]): ByteSource {
  const starts = startsOf(parts);
  const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
  return {
    byteLength,
    parts,
    async slice(start, end) {
      checkRange(start, end, byteLength);
      const pieces = parts.flatMap((part, at) => {
        const from = Math.max(0, start - starts[at]!);
        const until = Math.min(part.byteLength, end - starts[at]!);
        return from < until ? [part.slice(from, until)] : [];
      });
      return new Blob(await Promise.all(pieces)).arrayBuffer();
    },
  };
}

/** `byteLength` bytes of `source` from `at` on, as a source of its own. */
export function partOf(source: ByteSource, at: number, byteLength: number): ByteSource {
  return {
    byteLength,
    async slice(start, end) {
      checkRange(start, end, byteLength);
      return source.slice(at + start, at + end);
    },
  };
}

/** Where each of several files begins if they stand one after the other. */
export function startsOf(files: readonly { readonly byteLength: number }[]): number[] {
  let next = 0;
  return files.map(({ byteLength }) => (next += byteLength) - byteLength);
}

/** @throws RangeError unless `0 <= start <= end <= byteLength`, all whole numbers */
export function checkRange(start: number, end: number, byteLength: number): void {
  const whole = Number.isInteger(start) && Number.isInteger(end);
  if (!whole || start < 0 || end < start || end > byteLength) {
    throw new RangeError(`Bytes ${start} to ${end} are not within the ${byteLength} there are.`);
  }
}
