import { hexOf } from './hex';

/** Bytes of a digest: a collision is expected only among about 2^64 contents. */
const BYTES = 16;

/**
 * The first 16 bytes of the SHA-256 of `bytes`, as 32 lower-case hex digits.
 */
// Why random if the browser has no digest (outside a secure context): such a page cannot store anything either, so
// content merely counts as new each time.
export async function shortDigest(bytes: ArrayBuffer): Promise<string> {
  // Optional despite its type: absent outside a secure context.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  const digest = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', bytes))
    : crypto.getRandomValues(new Uint8Array(BYTES));
  return hexOf(digest.subarray(0, BYTES));
}
