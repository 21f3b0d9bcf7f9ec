import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../../src/core/failure';
import { Spans, type Span } from '../../src/core/spans';
import { openConnection, type Connection, type ConnectionParts } from '../../src/hub/connection';
import type { Destination } from '../../src/hub/download';
import type { TestHub } from '../helpers/hub';

/** A connection that waits for nothing. */
export interface TestConnection extends Connection {
  /** The pauses it would have made, in milliseconds. */
  readonly pauses: readonly number[];
}

/** A connection over this process's own network, unless `parts` say otherwise. */
export function testConnection(parts: Partial<ConnectionParts> = {}): TestConnection {
  const pauses: number[] = [];
  const connection = openConnection({
    fetch: (url, init) => fetch(url, init),
    online: () => true,
    forbidden: async () => false,
    async sleep(ms, signal) {
      if (signal?.aborted) throw new Failure('Cancelled', 'The download was stopped.');
      pauses.push(ms);
    },
    random: () => 0,
    readable: [],
    ...parts,
  });
  return { ...connection, pauses };
}

/** Bytes without a period that a range could be mistaken by. */
export function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13) % 251);
}

export interface MemoryFile extends Destination {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes that were written, and of them those that were flushed. */
  readonly arrived: number;
  readonly durable: number;
  readonly flushes: number;
}

/**
 * A file in memory.
 * @param there what has arrived of `whole` before
 * @param room writes that it takes before it is full
 */
export function memoryFile(
  byteLength: number,
  { whole, there = [], room = Infinity }: { whole?: Uint8Array; there?: readonly Span[]; room?: number } = {},
): MemoryFile {
  const bytes = new Uint8Array(byteLength);
  const spans = new Spans();
  let [writes, durable, flushes] = [0, 0, 0];
  for (const { start, end } of there) {
    if (whole) bytes.set(whole.subarray(start, end), start);
    spans.add({ start, end });
  }
  return {
    byteLength,
    bytes,
    get arrived() {
      return spans.size;
    },
    get durable() {
      return durable;
    },
    get flushes() {
      return flushes;
    },
    missing: (span) => spans.missing(span),
    async write(piece, at) {
      if (++writes > room) throw new Failure('StorageFull', 'The test takes no more.');
      bytes.set(piece, at);
      spans.add({ start: at, end: at + piece.length });
    },
    async flush() {
      flushes += 1;
      durable = spans.size;
    },
  };
}

/** The ranges that the server of large files was asked for, in order: '0-99'. '' stands for all of it. */
export function rangesAsked({ requests }: TestHub): string[] {
  return requests
    .filter(({ server }) => server === 'cdn')
    .map(({ range = '' }) => range.replace(/^bytes=/, ''));
}

/** Bytes that the server of large files has sent. */
export function bytesSent({ requests }: TestHub): number {
  return requests.filter(({ server }) => server === 'cdn').reduce((sum, { sent }) => sum + sent, 0);
}

export interface Scratch {
  /** A folder of these files, another one each time. */
  folder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string>;
  remove(): Promise<void>;
}

export async function openScratch(): Promise<Scratch> {
  const top = await mkdtemp(path.join(tmpdir(), 'clipscope-hub-'));
  return {
    async folder(files) {
      const made = await mkdtemp(path.join(top, 'folder-'));
      for (const [name, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(made, name)), { recursive: true });
        await writeFile(path.join(made, name), content);
      }
      return made;
    },
    remove: () => rm(top, { recursive: true }),
  };
}
