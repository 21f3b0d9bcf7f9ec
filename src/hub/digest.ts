import { createSHA1, createSHA256 } from 'hash-wasm';
import { Failure } from '../core/failure';
import type { ByteSource } from '../formats/byte-source';

/** Bytes read at a time. */
const SLICE = 2 ** 23;

/**
 * SHA-256 of the whole `source`, as hex.
 * @param onBytes called with the number of bytes read so far
 * @throws what `source.slice` throws; Cancelled once `signal` is aborted
 */
export async function sha256(
  source: ByteSource,
  onBytes: (done: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  return digest(await createSHA256(), source, onBytes, signal);
}

/** Git's blob id of `source`: SHA-1, as hex, over a header and the bytes. Otherwise like `sha256`. */
export async function gitBlobId(
  source: ByteSource,
  onBytes: (done: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  const hasher = await createSHA1();
  hasher.update(`blob ${source.byteLength}\0`);
  return digest(hasher, source, onBytes, signal);
}

async function digest(
  hasher: Awaited<ReturnType<typeof createSHA256>>,
  source: ByteSource,
  onBytes: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  for (let start = 0; start < source.byteLength; start += SLICE) {
    if (signal?.aborted) throw new Failure('Cancelled', 'The check was stopped.');
    const end = Math.min(source.byteLength, start + SLICE);
    hasher.update(new Uint8Array(await source.slice(start, end)));
    onBytes(end);
  }
  return hasher.digest('hex');
}
