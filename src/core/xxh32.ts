const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/**
 * XXH32 of `bytes`, 0 to 2^32 - 1; `seed` counts modulo 2^32. Fastest if `byteOffset` is a multiple of 4; other arrays
 * are copied.
 */
// Why our own XXH32: it must only detect damage, not forgery. At four bytes per step it is faster than the disk, while
// hash-wasm's would call into wasm for each record.
export function xxh32(bytes: Uint8Array, seed = 0): number {
  const { length } = bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  // Native byte order: little-endian on every platform with a browser.
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, length >>> 2);
  let at = 0;
  let hash = (seed + PRIME_5) | 0;
  if (length >= 16) {
    let a = (seed + PRIME_1 + PRIME_2) | 0;
    let b = (seed + PRIME_2) | 0;
    let c = seed | 0;
    let d = (seed - PRIME_1) | 0;
    for (; at + 4 <= words.length; at += 4) {
      a = mixed(a, words[at]!);
      b = mixed(b, words[at + 1]!);
      c = mixed(c, words[at + 2]!);
      d = mixed(d, words[at + 3]!);
    }
    hash = rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
  }
  hash = (hash + length) | 0;
  for (; at < words.length; at += 1) {
    hash = Math.imul(rotated((hash + Math.imul(words[at]!, PRIME_3)) | 0, 17), PRIME_4);
  }
  for (let i = 4 * at; i < length; i += 1) {
    hash = Math.imul(rotated((hash + Math.imul(aligned[i]!, PRIME_5)) | 0, 11), PRIME_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One of the four accumulators after mixing in `word`. */
function mixed(sum: number, word: number): number {
  return Math.imul(rotated((sum + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

/** `word` rotated left by `bits`, 1 to 31. */
function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
