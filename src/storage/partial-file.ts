import { Failure } from '../core/failure';
import { Spans, type Span } from '../core/spans';
import { storageFailure } from './storage-failure';
import { openInPlace, writeAt, type SyncAccess } from './sync-access';

/** A file of known length whose bytes arrive in any order, possibly over several visits. */
export interface PartialFile {
  /** Length of the complete file. */
  readonly byteLength: number;
  /** Bytes received. */
  readonly arrived: number;
  /** Bytes occupied on disk, including holes. */
  readonly taken: number;
  has(start: number, end: number): boolean;
  /** The missing parts of `span`, ascending. */
  missing(span: Span): Span[];
  /** Writes `bytes` at position `at`. @throws RangeError, StorageFull, StorageUnavailable */
  write(bytes: Uint8Array<ArrayBuffer>, at: number): Promise<void>;
  /** Makes all written bytes durable, so that the next visit finds them. @throws StorageFull, StorageUnavailable */
  flush(): Promise<void>;
  /**
   * A copy of bytes `start` to `end`, which must have arrived.
   * @throws RangeError, FileUnreadable, StorageUnavailable
   */
  slice(start: number, end: number): Promise<ArrayBuffer>;
  /** Closes the file. Never throws. */
  close(): void;
}

/** The log of the received bytes of the file beside it. */
export const LOG_NAME = 'arrived.log';

/**
 * Opens the file `name` in `directory` with the bytes of earlier visits; starts over if its length was different.
 *
 * Why an append-only log: a line is written after its bytes are flushed, so every complete line is true even after a
 * crash. A torn last line is truncated.
 * @throws StorageFull, StorageBusy while another tab has it open, StorageUnavailable
 */
export async function openPartialFile(
  directory: FileSystemDirectoryHandle,
  name: string,
  byteLength: number,
): Promise<PartialFile> {
  const file = await openInPlace(directory, name);
  let log: SyncAccess;
  try {
    log = await openInPlace(directory, LOG_NAME);
  } catch (error) {
    file.close();
    throw error;
  }
  const kept = readLog(textOf(log), byteLength);
  if (kept === undefined) {
    // The log first: even after a crash here it must not list bytes of an empty file.
    log.truncate(0);
    log.flush();
    file.truncate(0);
  }
  const spans = kept?.spans ?? new Spans();
  let logLength = kept?.length ?? 0;
  let unflushed = new Spans();

  async function attempt<T>(task: string, bytes: number, work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      throw await storageFailure(error, `${task} ${name}`, bytes);
    }
  }

  return {
    byteLength,
    get arrived() {
      return spans.size;
    },
    get taken() {
      return file.getSize();
    },
    has: (start, end) => spans.has({ start, end }),
    missing: (span) => spans.missing(span),
    async write(bytes, at) {
      const span = { start: at, end: at + bytes.length };
      if (span.start < 0 || span.end > byteLength) {
        throw new RangeError(
          `Bytes ${span.start} to ${span.end} are not within the ${byteLength} there are.`,
        );
      }
      await attempt('Writing', bytes.length, () => {
        writeAt(file, bytes, at);
        spans.add(span);
        unflushed.add(span);
      });
    },
    flush: () =>
      attempt('Writing', 0, () => {
        if (unflushed.size === 0) return;
        const head = logLength === 0 ? [headOf(byteLength)] : [];
        const lines = [...head, ...unflushed.list.map(({ start, end }) => `${start} ${end}\n`)];
        const added = new TextEncoder().encode(lines.join(''));
        file.flush();
        log.truncate(logLength);
        writeAt(log, added, logLength);
        log.flush();
        logLength += added.length;
        unflushed = new Spans();
      }),
    async slice(start, end) {
      if (start > end || !spans.has({ start, end })) {
        throw new RangeError(`Bytes ${start} to ${end} have not all arrived.`);
      }
      const bytes = new Uint8Array(end - start);
      await attempt('Reading', 0, () => {
        for (let done = 0; done < bytes.length;) {
          const read = file.read(bytes.subarray(done), { at: start + done });
          if (read <= 0) {
            const message = `Only ${done} of ${bytes.length} bytes of ${name} could be read.`;
            throw new Failure('FileUnreadable', message);
          }
          done += read;
        }
      });
      return bytes.buffer;
    },
    close() {
      for (const access of [file, log]) {
        try {
          access.close();
        } catch {
          // Nothing more can be done.
        }
      }
    },
  };
}

/** Bytes received according to a log's text; 0 if it is not a valid log. */
export function arrivedBytes(log: string): number {
  const byteLength = Number(/^\d+(?=\n)/.exec(log)?.[0]);
  return readLog(log, byteLength)?.spans.size ?? 0;
}

/** The log's first line: the length of the complete file. */
function headOf(byteLength: number): string {
  return `${byteLength}\n`;
}

/** The content and length of a log's complete lines; undefined for the log of another file. */
function readLog(log: string, byteLength: number): { spans: Spans; length: number } | undefined {
  const head = headOf(byteLength);
  if (!log.startsWith(head)) return undefined;
  const spans = new Spans();
  let length = head.length;
  for (const [line, start, end] of log.slice(length).matchAll(/(\d+) (\d+)\n/gy)) {
    const span = { start: Number(start), end: Number(end) };
    if (span.start >= span.end || span.end > byteLength) break;
    spans.add(span);
    length += line.length;
  }
  return { spans, length };
}

function textOf(access: SyncAccess): string {
  const bytes = new Uint8Array(access.getSize());
  const read = access.read(bytes, { at: 0 });
  return new TextDecoder().decode(bytes.subarray(0, read));
}
