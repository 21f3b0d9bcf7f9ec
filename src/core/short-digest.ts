import { hexOf } from './hex';

/** Bytes of a digest: two contents agree by chance once in 2^64 of them. */
const BYTES = 16;

/**
 * The first 16 bytes of the SHA-256 of `bytes`, as 32 lower-case hex digits.
 */
// Why random where the browser has no digest to offer (pages that came without encryption): such a page may keep nothing
// either, so nothing is ever recognised by it. Content merely counts as new each time.
export async function shortDigest(bytes: ArrayBuffer): Promise<string> {
  // Optional whatever the types say: absent outside a secure context.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  const digest = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', bytes))
    : crypto.getRandomValues(new Uint8Array(BYTES));
  return hexOf(digest.subarray(0, BYTES));
}
