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
  let hash = sumOf(words, 0, words.length, length, seed);
  for (let i = 4 * words.length; i < length; i += 1) {
    hash = Math.imul(rotated((hash + Math.imul(aligned[i]!, PRIME_5)) | 0, 11), PRIME_1);
  }
  return finished(hash);
}

/** XXH32 of the bytes of `words[from]` up to, not including, `words[to]`. */
export function xxh32OfWords(words: Int32Array, from: number, to: number, seed: number): number {
  return finished(sumOf(words, from, to, 4 * (to - from), seed));
}

/** The hash before the bytes that are no whole word. `length` is that of all bytes. */
function sumOf(words: Int32Array, from: number, to: number, length: number, seed: number): number {
  let at = from;
  let hash = (seed + PRIME_5) | 0;
  if (length >= 16) {
    let a = (seed + PRIME_1 + PRIME_2) | 0;
    let b = (seed + PRIME_2) | 0;
    let c = seed | 0;
    let d = (seed - PRIME_1) | 0;
    for (; at + 4 <= to; at += 4) {
      a = mixed(a, words[at]!);
      b = mixed(b, words[at + 1]!);
      c = mixed(c, words[at + 2]!);
      d = mixed(d, words[at + 3]!);
    }
    hash = rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
  }
  hash = (hash + length) | 0;
  for (; at < to; at += 1) {
    hash = Math.imul(rotated((hash + Math.imul(words[at]!, PRIME_3)) | 0, 17), PRIME_4);
  }
  return hash;
}

function finished(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  mix = Math.imul(mix ^ (mix >>> 13), PRIME_3);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/** One of the four accumulators after mixing in `word`. */
function mixed(sum: number, word: number): number {
  return Math.imul(rotated((sum + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

/** `word` rotated left by `bits`, 1 to 31. */
function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
