import { createSHA256 } from 'hash-wasm';
import { Failure } from '../core/failure';
import type { ByteSource } from '../formats/byte-source';

/** Bytes read at a time. */
const SLICE = 2 ** 23;

/**
 * SHA-256 of all of `source`, as hex, read from its beginning.
 * @param onBytes told how many bytes were read so far
 * @throws what `source.slice` throws; Cancelled once `signal` is aborted
 */
export async function sha256(
  source: ByteSource,
  onBytes: (done: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  const hasher = await createSHA256();
  for (let start = 0; start < source.byteLength; start += SLICE) {
    if (signal?.aborted) throw new Failure('Cancelled', 'The check was stopped.');
    const end = Math.min(source.byteLength, start + SLICE);
    hasher.update(new Uint8Array(await source.slice(start, end)));
    onBytes(end);
  }
  return hasher.digest('hex');
}

/** The name that git gives to a file of these bytes: SHA-1, as hex, over a header and the bytes. */
export async function gitBlobId(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const head = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const digest = await crypto.subtle.digest('SHA-1', await new Blob([head, bytes]).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
