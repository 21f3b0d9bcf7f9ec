import type { ByteSource } from '../formats/byte-source';
import { checkRange } from '../formats/byte-source';
import { Failure } from '../core/failure';
import { brokenOff, type Connection } from './connection';

/**
 * A file on a server of known length, of which a little is to be read: one request a slice, ended when its bytes are
 * there, so that a server that ignores ranges sends no more than needed.
 * `slice` throws HubUnreadable where the file is shorter, NetworkFailed where the body breaks off, and what
 * `connection.fetch` throws.
 */
export function remoteSource(url: string, byteLength: number, { fetch }: Connection): ByteSource {
  return {
    byteLength,
    async slice(start, end) {
      checkRange(start, end, byteLength);
      if (start === end) return new ArrayBuffer(0);
      const answer = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
      const skipped = answer.status === 206 ? 0 : start;
      // A server that has none of the range (416) sends nothing but words.
      const count = answer.status === 416 ? 0 : skipped + end - start;
      const bytes = (await firstBytes(answer, count, url)).slice(skipped);
      if (bytes.length < end - start) {
        const message = `${new URL(url).host} sent ${bytes.length} of ${end - start} bytes.`;
        throw new Failure('HubUnreadable', message);
      }
      return bytes.buffer;
    },
  };
}

/** The first `count` bytes of a body, or all it has. @throws NetworkFailed */
async function firstBytes({ body }: Response, count: number, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count);
  const reader = body?.getReader();
  let done = 0;
  while (reader && done < count) {
    const { value } = await reader.read().catch((error: unknown) => {
      throw brokenOff(url, error);
    });
    if (value === undefined) break;
    bytes.set(value.subarray(0, count - done), done);
    done += Math.min(value.length, count - done);
  }
  await reader?.cancel();
  return bytes.slice(0, done);
}
