import { requireRoom } from './text-room';

/** Applies a character map to a text. */
export type Charsmap = (text: string) => string;

/**
 * SentencePiece's compiled character map (`precompiled_charsmap` of a `Precompiled` normalizer): a trie of UTF-8 bytes
 * whose leaves point to replacements.
 *
 * Why not NFKC, on which most maps are based: each was compiled from the Unicode version of its time with its own
 * exceptions (white space, control characters, full-width tilde), and the Rust library runs the map with a quirk: a
 * grapheme that begins with a mapped character is replaced whole, unless it is 6 bytes or longer.
 * @throws RangeError if the bytes are not such a map
 */
export function readCharsmap(bytes: Uint8Array<ArrayBuffer>): Charsmap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trieBytes = bytes.byteLength < 4 ? NaN : view.getUint32(0, true);
  if (!(trieBytes % 4 === 0 && trieBytes + 4 <= bytes.byteLength)) {
    throw new RangeError(`A character map of ${bytes.byteLength} bytes cannot hold its trie.`);
  }
  const trie = Uint32Array.from({ length: trieBytes / 4 }, (_, at) => view.getUint32(4 + 4 * at, true));
  const replacements = bytes.subarray(4 + trieBytes);

  /** The replacement of the shortest mapped prefix of `key`; undefined if there is none. */
  function replacement(key: string): string | undefined {
    const at = shortestPrefix(trie, encoder.encode(key));
    if (at === undefined) return undefined;
    const end = replacements.indexOf(0, at);
    return decoder.decode(replacements.subarray(at, end < 0 ? undefined : end));
  }

  return (text) => {
    let mapped = '';
    for (const { segment } of graphemes.segment(text)) {
      const whole = encoder.encode(segment).length < 6 ? replacement(segment) : undefined;
      mapped += whole ?? Array.from(segment, (character) => replacement(character) ?? character).join('');
      requireRoom(mapped.length, 'normalizer.precompiled_charsmap');
    }
    return mapped;
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * The value at the first leaf on the path of `key`, in darts-clone's double-array layout: each unit holds the label
 * that leads to it (bits 0 to 7), whether it has a leaf (bit 8), and the offset of its children (bits 10 to 30, times
 * 256 if bit 9 is set); a leaf, marked by bit 31, holds a value.
 */
function shortestPrefix(trie: Uint32Array, key: Uint8Array): number | undefined {
  let position = childrenOf(trie[0] ?? 0);
  for (const byte of key) {
    if (byte === 0) return undefined;
    position ^= byte;
    const unit = trie[position];
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
    position ^= childrenOf(unit);
    if ((unit >>> 8) & 1) return (trie[position] ?? 0) & 0x7fffffff;
  }
  return undefined;
}

function childrenOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
