import { Failure, messageOf } from '../core/failure';
import { checkRange, type ByteSource } from './byte-source';
import { grouped } from './digits';

export interface UrlSourceOptions {
  /** Stands in for the global `fetch`, for instance to add a header or a signal. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** What a server said to a request for some bytes. */
type Answer =
  | { readonly whole: ArrayBuffer }
  | { readonly start: number; readonly total: number; readonly piece: ArrayBuffer };

/**
 * Reads a file on a server, one ranged request a slice. The length is learned from the first, which asks for one
 * byte; no HEAD is sent. A server that ignores ranges sends the whole file once, and that is kept in memory.
 * Both this and `slice` throw NetworkFailed, with the status and the path; never with the query, which may hold a
 * signature.
 */
export async function urlSource(url: string, options: UrlSourceOptions = {}): Promise<ByteSource> {
  const { fetch = globalThis.fetch } = options;
  const first = await request(fetch, url, 0, 1);
  let whole = 'whole' in first ? first.whole : undefined;
  const byteLength = 'whole' in first ? first.whole.byteLength : first.total;
  return {
    byteLength,
    async slice(start, end) {
      checkRange(start, end, byteLength);
      if (whole) return whole.slice(start, end);
      if (start === end) return new ArrayBuffer(0);
      const answer = await request(fetch, url, start, end);
      const total = 'whole' in answer ? answer.whole.byteLength : answer.total;
      if (total !== byteLength) {
        throw failed(url, `had ${grouped(byteLength)} bytes before and has ${grouped(total)} now`);
      }
      if ('whole' in answer) {
        whole = answer.whole;
        return whole.slice(start, end);
      }
      if (answer.start !== start || answer.piece.byteLength !== end - start) {
        const asked = `asked for ${grouped(end - start)} bytes from ${grouped(start)} on`;
        const got = `got ${grouped(answer.piece.byteLength)} from ${grouped(answer.start)} on`;
        throw failed(url, `${asked}, ${got}`);
      }
      return answer.piece;
    },
  };
}

/** Asks for bytes `start` to `end` (exclusive, at least one). @throws NetworkFailed */
async function request(
  fetch: NonNullable<UrlSourceOptions['fetch']>,
  url: string,
  start: number,
  end: number,
): Promise<Answer> {
  try {
    const response = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
    const range = response.headers.get('Content-Range') ?? '';
    if (response.status === 416 && range === 'bytes */0') return { whole: new ArrayBuffer(0) };
    if (!response.ok) throw failed(url, `HTTP status ${response.status}`);
    const body = await response.arrayBuffer();
    if (response.status !== 206) return { whole: body };
    const numbers = /^bytes (\d+)-\d+\/(\d+)$/.exec(range);
    if (!numbers) {
      const said = range === '' ? 'missing or hidden' : `"${range}"`;
      throw failed(url, `HTTP status 206, but its length cannot be read: Content-Range is ${said}`);
    }
    return { start: Number(numbers[1]), total: Number(numbers[2]), piece: body };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw failed(url, messageOf(error), error);
  }
}

function failed(url: string, reason: string, cause?: unknown): Failure {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/';
  return new Failure(
    'NetworkFailed',
    `Could not read ${path}: ${reason}.`,
    cause === undefined ? {} : { cause },
  );
}
