/** A photo's content key: the first 16 bytes of its file's SHA-256, as 32 lower-case hex digits. */
// Why key by content: ids and paths can come to mean another picture. A row found by content is right wherever the
// photo is, and a leftover row is simply never used; not even file damage can assign it to another photo.
export type PhotoKey = string;

/** The 16 bytes of a key, as four numbers of 32 bits that lie in memory as the bytes do. */
export type KeyWords = Int32Array;

/** Numbers in a `KeyWords`. */
export const KEY_WORDS = 4;

const KEY_BYTES = 4 * KEY_WORDS;
const KEY_PATTERN = /^[\da-f]{32}$/;
const HEX_CODES = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** The numbers of a key; undefined if it is none. */
export function wordsOf(key: PhotoKey): KeyWords | undefined {
  if (!KEY_PATTERN.test(key)) return undefined;
  const bytes = new Uint8Array(KEY_BYTES);
  for (let i = 0; i < KEY_BYTES; i += 1) bytes[i] = 16 * digit(key, 2 * i) + digit(key, 2 * i + 1);
  return new Int32Array(bytes.buffer);
}

/** The key of these numbers. */
export function keyOfWords(words: KeyWords): PhotoKey {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, KEY_BYTES);
  const codes: number[] = [];
  for (let i = 0; i < KEY_BYTES; i += 1) codes.push(HEX_CODES[bytes[i]! >>> 4]!, HEX_CODES[bytes[i]! & 15]!);
  return String.fromCharCode(...codes);
}

/** The value of a lower-case hex digit. */
function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code <= 57 ? code - 48 : code - 87;
}
