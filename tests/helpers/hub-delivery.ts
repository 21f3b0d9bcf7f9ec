import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { spoil, type Faults } from './hub-faults';
import type { HubFile } from './hub-repository';

export interface HubRequest {
  readonly server: 'hub' | 'cdn';
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** The Range header. */
  readonly range?: string;
  /** 0 until it is answered, and where it never is. */
  readonly status: number;
  /** Bytes of the body handed to the socket so far. */
  readonly sent: number;
}

/** A request of the list while its answer is on the way. */
export type OpenRequest = { -readonly [Key in keyof HubRequest]: HubRequest[Key] };

type Headers = Readonly<Record<string, string | number>>;

/** An answer before ranges and faults. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The body: a text, or a file of the disk, or neither. */
  readonly text?: string;
  readonly file?: HubFile;
  /** A plain server lets a page of another origin read the body, but names no headers that it may read. */
  readonly plain?: boolean;
}

/** What of the body goes out: bytes `start` to `end`, the end excluded. */
interface Plan {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | HubFile | undefined;
  readonly start: number;
  readonly end: number;
}

/** What the hub lets pages of other origins read. `Retry-After` is not among it. */
const EXPOSED = [
  'X-Repo-Commit',
  'X-Request-Id',
  'X-Error-Code',
  'X-Error-Message',
  'X-Total-Count',
  'ETag',
  'Link',
  'Accept-Ranges',
  'Content-Range',
  'X-Linked-Size',
  'X-Linked-ETag',
  'X-Xet-Hash',
].join(',');

/** An error as the hub words it, for people as JSON and for programs in the headers. */
export function errorReply(status: number, message: string, headers: Headers = {}): Reply {
  const type = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  return {
    status,
    headers: { ...headers, ...type, 'X-Error-Message': message },
    text: JSON.stringify({ error: message }),
  };
}

/** The answer to a preflight: everything is allowed, and to be asked for anew each time. */
export function preflightReply(request: IncomingMessage): Reply {
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
      'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '*',
      'Access-Control-Max-Age': 0,
    },
  };
}

/**
 * Sends `reply` as the request's range and the faults make it, and keeps the account of it in `record`.
 *
 * Why every answer closes its connection: a browser silently repeats a request that a reused connection drops before
 * the first byte, and a test that counts requests would see two.
 */
export async function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  faults: Faults,
  record: OpenRequest,
): Promise<void> {
  response.shouldKeepAlive = false;
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const stored = await unchanged(reply);
  const asked = stored.file && rangeOf(request, stored.file.size, stored.headers['ETag']);
  const plan = planOf(stored, asked);
  const picked = faults.pick(record.path, {
    preflight: request.method === 'OPTIONS',
    ranged: asked !== undefined,
    length: request.method === 'HEAD' ? 0 : plan.end - plan.start,
    start: typeof plan.body === 'object' ? plan.start : undefined,
  });
  const fault = picked?.fault;
  if (response.destroyed) return;
  if (fault?.kind === 'refuse') {
    request.socket.destroy();
    return;
  }

  let { status, headers, body, start, end } = plan;
  if (fault?.kind === 'ignore-range') ({ status, headers, body, start, end } = planOf(stored, undefined));
  if (fault?.kind === 'status') {
    const retry: Headers = fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter };
    const error = errorReply(fault.status, `The test asked for status ${fault.status}.`, retry);
    ({ status, headers, body, start, end } = planOf(error, undefined));
  }
  if (fault?.kind === 'wrong-length' && stored.file) {
    const range = String(headers['Content-Range']).replace(/\d+$/, String(stored.file.size + fault.by));
    headers = { ...headers, 'Content-Range': range };
  }
  record.status = status;
  response.writeHead(status, withCors(headers, stored.plain === true, fault?.kind !== 'no-cors'));
  response.flushHeaders();
  if (request.method !== 'HEAD' && body !== undefined) {
    const until = picked ? Promise.race([picked.released, closed]) : closed;
    for await (const chunk of spoil(chunksOf(body, start, end), fault, start, until)) {
      if (response.destroyed) return;
      record.sent += chunk.length;
      if (!response.write(chunk)) await drained(response);
    }
  }
  if (fault?.kind === 'cut') request.socket.destroySoon();
  else response.end();
}

/** The reply, or an error where its file is no longer the one that was hashed. */
async function unchanged(reply: Reply): Promise<Reply> {
  if (!reply.file) return reply;
  const { disk, size, modified } = reply.file;
  const info = await stat(disk).catch(() => undefined);
  if (info?.size === size && info.mtimeMs === modified) return reply;
  return errorReply(500, `${disk} has changed since it was added.`);
}

function withCors(headers: Headers, plain: boolean, allowed: boolean): Headers {
  if (!allowed) {
    return Object.fromEntries(
      Object.entries(headers).filter(([name]) => !name.startsWith('Access-Control-')),
    );
  }
  const exposed: Headers = plain ? {} : { 'Access-Control-Expose-Headers': EXPOSED };
  return { ...headers, 'Access-Control-Allow-Origin': '*', ...exposed };
}

type Range = { readonly start: number; readonly end: number } | 'unsatisfiable';

function planOf({ status, headers, text, file }: Reply, range: Range | undefined): Plan {
  if (!file) {
    const end = Buffer.byteLength(text ?? '');
    const length: Headers = status === 204 ? {} : { 'Content-Length': end };
    return { status, headers: { ...headers, ...length }, body: text, start: 0, end };
  }
  if (range === 'unsatisfiable') {
    const extra = { 'Content-Range': `bytes */${file.size}` };
    return planOf(errorReply(416, `The file has ${file.size} bytes.`, { ...headers, ...extra }), undefined);
  }
  const { start, end } = range ?? { start: 0, end: file.size };
  const part: Headers = range ? { 'Content-Range': `bytes ${start}-${end - 1}/${file.size}` } : {};
  return {
    status: range ? 206 : status,
    headers: { ...headers, ...part, 'Accept-Ranges': 'bytes', 'Content-Length': end - start },
    body: file,
    start,
    end,
  };
}

/**
 * The range asked for, its end excluded. Undefined means all of the file: so are several ranges at once answered, and
 * one under an If-Range that no longer holds.
 */
function rangeOf(
  { headers: { range, 'if-range': condition } }: IncomingMessage,
  size: number,
  tag: string | number | undefined,
): Range | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if ((first === '' && last === '') || (condition !== undefined && condition !== tag)) return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size);
  return start >= end ? 'unsatisfiable' : { start, end };
}

async function* chunksOf(body: string | HubFile, start: number, end: number): AsyncGenerator<Buffer> {
  if (start === end) return;
  if (typeof body === 'string') yield Buffer.from(body).subarray(start, end);
  else yield* createReadStream(body.disk, { start, end: end - 1 }) as AsyncIterable<Buffer>;
}

/** Resolves once more can be written, or nobody listens any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
