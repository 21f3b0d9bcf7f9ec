import type { UrlSourceOptions } from '../../src/formats/url-source';

type Fetch = NonNullable<UrlSourceOptions['fetch']>;

/** The `Range` header of a request, '' where there is none. */
export function rangeOf(init: RequestInit): string {
  return new Headers(init.headers).get('Range') ?? '';
}

/** Answers as a server of `bytes` that honours ranges. */
export function rangeServer(bytes: Uint8Array<ArrayBuffer>): Fetch {
  return async (_, init) => {
    const asked = /^bytes=(\d+)-(\d+)$/.exec(rangeOf(init));
    if (!asked) return new Response(bytes);
    const [start, last] = [Number(asked[1]), Math.min(Number(asked[2]), bytes.length - 1)];
    if (start > last) {
      return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${bytes.length}` } });
    }
    const headers = { 'Content-Range': `bytes ${start}-${last}/${bytes.length}` };
    return new Response(bytes.slice(start, last + 1), { status: 206, headers });
  };
}

/** Answers every request with all of `bytes`. */
export function wholeServer(bytes: Uint8Array<ArrayBuffer>): Fetch {
  return async () => new Response(bytes);
}
