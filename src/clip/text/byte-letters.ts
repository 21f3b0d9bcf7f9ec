/** Bytes that stand for themselves: printable Latin-1. The others become the characters from 256 up, in order. */
const isPrintable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);

/** The letter of each byte in GPT-2's byte-level vocabularies (`bytes_to_unicode`). */
const LETTERS: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text, each as its letter. */
export function bytesAsText(text: string): string {
  let letters = '';
  for (const byte of encoder.encode(text)) letters += LETTERS[byte]!;
  return letters;
}
