import { Failure } from '../core/failure';
import { Spans, type Span } from '../core/spans';
import { grouped } from '../core/digits';
import { ATTEMPTS, brokenOff, fileNameOf, type Connection } from './connection';

/** The file that a download fills. Offsets in bytes, `end` exclusive. */
export interface Destination {
  readonly byteLength: number;
  /** What of `span` is not there, rising. */
  missing(span: Span): Span[];
  write(bytes: Uint8Array<ArrayBuffer>, at: number): Promise<void>;
  /** Makes what was written durable. */
  flush(): Promise<void>;
}

export interface DownloadOptions {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** What the server said of the file's version (Last-Modified); another answer is another file. */
  readonly modified?: string | undefined;
  /** Milliseconds without a byte after which a request is given up and made again. */
  readonly stall?: number;
  /** Told whenever bytes were written. */
  readonly onArrived: () => void;
  /** Requests at a time. */
  readonly lines?: number;
  /** Bytes asked for in one request, at most. */
  readonly part?: number;
}

/** Why four lines: a server gives each connection a share of what it sends, and more lines are refused sooner. */
const LINES = 4;
const PART = 2 ** 25;

/** Why not kept by the browser as well: gigabytes would push out all else it has cached. */
const UNCACHED = { cache: 'no-store' } as const;

/** Bytes written between two flushes of one line, at most: what a crash may cost. */
const FLUSH_AFTER = 2 ** 21;

/** A network that has gone away says nothing, and a stream of it waits for ever. */
const STALL_MS = 30_000;

/**
 * Downloads what `file` lacks of `spans`, in their order, several ranges at a time. A line that is cut goes on from the
 * byte it had. Where the server sends everything whatever part is asked for, one line takes that, up to the last byte of
 * `spans`.
 * Whatever it throws, all that has arrived is flushed.
 * @throws RevisionChanged where the server's file has another length, Cancelled once `signal` is aborted, and what
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

/** What is missing of `spans`, in their order and each byte once, in parts of at most `most` bytes. */
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

/** Fetches one part; false where the server gives no parts. */
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
    // Only a line that brings nothing any more is given up.
    cuts = taken.at > at ? 1 : cuts + 1;
    at = taken.at;
    await afterCut(run, taken.error, cuts);
  }
}

/** Fetches all up to `end` in one answer, of which only what is missing is written. */
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

/** Writes a body into `span`; returns how far it came, and what cut it short. */
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
      // What is there already stays as it was checked in.
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

/** Waits before a request after the `cuts`th one in a row that was cut. @throws NetworkFailed after too many of them, Cancelled */
async function afterCut({ url, connection, signal }: Run, error: unknown, cuts: number): Promise<void> {
  if (signal.aborted || cuts >= ATTEMPTS) throw brokenOff(url, error, signal);
  await connection.pause(cuts, signal);
}

/** @throws RevisionChanged, HubUnreadable where the answer tells another length or another beginning than was asked for */
function requireRange(answer: Response, run: Run, start: number): void {
  requireVersion(answer, run);
  const { headers } = answer;
  // Servers that are no hub often hide it from other pages; the hash in the end tells what it would have told.
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

/** @throws RevisionChanged where the file is of another date than when the download began */
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
