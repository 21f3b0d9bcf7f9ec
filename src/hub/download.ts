import { Failure } from '../core/failure';
import { Spans, type Span } from '../core/spans';
import { grouped } from '../core/digits';
import { ATTEMPTS, brokenOff, fileNameOf, type Connection } from './connection';

/** The file being downloaded. Offsets in bytes, `end` exclusive. */
export interface Destination {
  readonly byteLength: number;
  /** The missing parts of `span`, ascending. */
  missing(span: Span): Span[];
  write(bytes: Uint8Array<ArrayBuffer>, at: number): Promise<void>;
  /** Makes all written bytes durable. */
  flush(): Promise<void>;
}

export interface DownloadOptions {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** The server's version of the file (Last-Modified); any other value means the file has changed. */
  readonly modified?: string | undefined;
  /** Milliseconds without a byte after which a request is retried. */
  readonly stall?: number;
  /** Called whenever bytes were written. */
  readonly onArrived: () => void;
  /** Concurrent requests. */
  readonly lines?: number;
  /** Maximum bytes per request. */
  readonly part?: number;
}

/** Why four: a server limits the bandwidth of each connection, and refuses too many of them. */
const LINES = 4;
const PART = 2 ** 25;

/** Why bypass the HTTP cache: gigabytes would evict everything else in it. */
const UNCACHED = { cache: 'no-store' } as const;

/** Maximum bytes written by one line between flushes, which a crash may lose. */
const FLUSH_AFTER = 2 ** 21;

/** When the network is lost, a stream waits forever without an error. */
const STALL_MS = 30_000;

/**
 * Downloads the missing parts of `spans`, in order, several ranges at a time. A line (one such request) that breaks off
 * resumes where it stopped. If the server ignores ranges, a single line downloads up to the last byte of `spans`.
 * Even if it throws, all received bytes are flushed.
 * @throws RevisionChanged if the server's file has another length, Cancelled once `signal` is aborted, and what
 *   `connection.fetch` and `file` throw
 */
export async function download(
  url: string,
  file: Destination,
  spans: readonly Span[],
  options: DownloadOptions,
): Promise<void> {
  const { signal, lines = LINES, part = PART } = options;
  const stop = new AbortController();
  const run: Run = { url, file, ...options, signal: AbortSignal.any([signal, stop.signal]) };
  const parts = partsOf(file, spans, part);
  const end = Math.max(0, ...parts.map((one) => one.end));
  let first: { readonly error: unknown } | 'whole' | undefined;

  async function line(): Promise<void> {
    try {
      for (let next = parts.shift(); next && !first; next = parts.shift()) {
        if (await takePart(run, next)) continue;
        first ??= 'whole';
        stop.abort();
      }
    } catch (error) {
      first ??= { error };
      stop.abort();
    }
  }

  await Promise.all(Array.from({ length: Math.min(lines, parts.length) }, line));
  if (first === 'whole') await takeWhole({ ...run, signal }, end);
  else if (first) throw first.error;
}

/** One call of `download`. */
interface Run extends Pick<DownloadOptions, 'connection' | 'signal' | 'modified' | 'stall' | 'onArrived'> {
  readonly url: string;
  readonly file: Destination;
}

/** The missing parts of `spans`, in order and without overlap, each at most `most` bytes. */
function partsOf(file: Destination, spans: readonly Span[], most: number): Span[] {
  const planned = new Spans();
  const parts: Span[] = [];
  for (const missing of spans.flatMap((span) => file.missing(span))) {
    for (const { start, end } of planned.missing(missing)) {
      for (let at = start; at < end; at += most) parts.push({ start: at, end: Math.min(end, at + most) });
    }
    planned.add(missing);
  }
  return parts;
}

/** Fetches one part; false if the server does not support ranges. */
async function takePart(run: Run, { start, end }: Span): Promise<boolean> {
  const { url, connection, signal } = run;
  let at = start;
  for (let cuts = 0; ;) {
    const answer = await connection.fetch(url, {
      headers: { Range: `bytes=${at}-${end - 1}` },
      ...UNCACHED,
      signal,
    });
    if (answer.status !== 206) {
      await answer.body?.cancel();
      if (answer.status === 416) throw changed(run);
      return false;
    }
    requireRange(answer, run, at);
    const taken = await takeBody(answer, run, { start: at, end });
    if (taken.at === end) return true;
    // Only lines without any progress give up.
    cuts = taken.at > at ? 1 : cuts + 1;
    at = taken.at;
    await afterCut(run, taken.error, cuts);
  }
}

/** Fetches everything up to `end` in one response, writing only the missing bytes. */
async function takeWhole(run: Run, end: number): Promise<void> {
  const { url, file, connection, signal } = run;
  const wanted = { start: 0, end };
  for (let cuts = 1; file.missing(wanted).length > 0; cuts++) {
    const answer = await connection.fetch(url, { ...UNCACHED, signal });
    const length = answer.headers.get('Content-Length');
    if (length !== null && Number(length) !== file.byteLength) throw changed(run, Number(length));
    requireVersion(answer, run);
    const taken = await takeBody(answer, run, wanted);
    if (taken.at < end) await afterCut(run, taken.error, cuts);
  }
}

/** Writes a body into `span`; returns the position reached, and the error that ended it, if any. */
async function takeBody(
  { body }: Response,
  { file, stall = STALL_MS, onArrived }: Run,
  { start, end }: Span,
): Promise<{ at: number; error?: unknown }> {
  const reader = body?.getReader();
  let at = start;
  let flushed = start;
  let stalled: Error | undefined;
  const giveUp = () => {
    stalled = new Error(`no byte came for ${stall / 1000} seconds`);
    void reader?.cancel();
  };
  try {
    while (reader && at < end) {
      let piece;
      const timer = setTimeout(giveUp, stall);
      try {
        piece = await reader.read();
      } catch (error) {
        return { at, error };
      } finally {
        clearTimeout(timer);
      }
      if (piece.done) return { at, error: stalled };
      const bytes = piece.value.subarray(0, end - at);
      // Bytes already present are not overwritten.
      for (const gap of file.missing({ start: at, end: at + bytes.length })) {
        await file.write(bytes.subarray(gap.start - at, gap.end - at), gap.start);
      }
      at += bytes.length;
      if (at - flushed >= FLUSH_AFTER) {
        await file.flush();
        flushed = at;
      }
      onArrived();
    }
    return { at };
  } finally {
    await reader?.cancel().catch(() => undefined);
    await file.flush();
  }
}

/** Pauses after `cuts` interrupted requests in a row. @throws NetworkFailed after too many of them, Cancelled */
async function afterCut({ url, connection, signal }: Run, error: unknown, cuts: number): Promise<void> {
  if (signal.aborted || cuts >= ATTEMPTS) throw brokenOff(url, error, signal);
  await connection.pause(cuts, signal);
}

/** @throws RevisionChanged, HubUnreadable if the response has another total length or starts elsewhere */
function requireRange(answer: Response, run: Run, start: number): void {
  requireVersion(answer, run);
  const { headers } = answer;
  // Plain servers often do not expose this header to other origins; the final hash check covers that case.
  const range = headers.get('Content-Range');
  if (range === null) return;
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range) ?? [];
  if (total !== undefined && total !== '*' && Number(total) !== run.file.byteLength) {
    throw changed(run, Number(total));
  }
  if (Number(first) !== start) {
    const message = `${new URL(run.url).host} was asked for bytes from ${grouped(start)} on and answered "${range}".`;
    throw new Failure('HubUnreadable', message);
  }
}

/** @throws RevisionChanged if the file's date has changed since the download began */
function requireVersion({ headers }: Response, run: Run): void {
  const now = headers.get('Last-Modified');
  if (run.modified === undefined || now === null || now === run.modified) return;
  const name = fileNameOf(run.url);
  throw new Failure('RevisionChanged', `${name} was changed on the server since the download began.`);
}

function changed({ url, file }: Run, length?: number): Failure {
  const now = length === undefined ? 'fewer now' : `${grouped(length)} now`;
  const name = fileNameOf(url);
  return new Failure(
    'RevisionChanged',
    `${name} had ${grouped(file.byteLength)} bytes when the download began and has ${now}.`,
  );
}
