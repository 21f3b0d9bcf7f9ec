import type { ByteSource } from '../formats/byte-source';
import { checkRange } from '../formats/byte-source';
import { Failure } from '../core/failure';
import { brokenOff, type Connection } from './connection';

/**
 * Reads small parts of a remote file of known length: one request per slice, cancelled once its bytes have arrived, so
 * that a server that ignores ranges sends little more than needed. `slice` throws HubUnreadable if the file is shorter,
 * NetworkFailed if the body breaks off, and what `connection.fetch` throws.
 */
export function remoteSource(url: string, byteLength: number, { fetch }: Connection): ByteSource {
  return {
    byteLength,
    async slice(start, end) {
      checkRange(start, end, byteLength);
      if (start === end) return new ArrayBuffer(0);
      const answer = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
      const before = answer.status === 206 ? 0 : start;
      // The body of a 416 (range beyond the file) is only an error message.
      const wanted = answer.status === 416 ? 0 : end - start;
      const bytes = await bytesOf(answer, before, wanted, url);
      if (bytes.length < end - start) {
        const message = `${new URL(url).host} sent ${bytes.length} of ${end - start} bytes.`;
        throw new Failure('HubUnreadable', message);
      }
      return bytes.buffer;
    },
  };
}

/** Skips `before` bytes of a body and returns the next `count`, or fewer at its end. @throws NetworkFailed */
async function bytesOf(
  { body }: Response,
  before: number,
  count: number,
  url: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count);
  const reader = body?.getReader();
  // Position relative to the first wanted byte.
  let at = -before;
  while (reader && at < count) {
    const { value } = await reader.read().catch((error: unknown) => {
      throw brokenOff(url, error);
    });
    if (value === undefined) break;
    bytes.set(value.subarray(Math.max(0, -at), count - at), Math.max(0, at));
    at += value.length;
  }
  await reader?.cancel();
  return bytes.slice(0, Math.max(0, at));
}
