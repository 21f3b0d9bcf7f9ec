/** Identifies a file by its first bytes, in words that explain to the user why it could not be read. */

export interface FileKind {
  /** "a HEIC picture", "text" … */
  readonly words: string;
  /** Browsers support this format, so a file they reject is damaged. */
  readonly isCommon?: boolean;
  /** End-of-file marker of this format, if it has one. */
  readonly end?: readonly number[];
}

/** Leading bytes that suffice for `fileKind`, and nearly always for `headerSize`. */
export const HEAD_BYTES = 256 * 1024;

/** Trailing bytes searched for the end marker: cameras and editors append a little data of their own. */
export const TAIL_BYTES = 64 * 1024;

const UNKNOWN: FileKind = { words: 'data of no kind that is known here' };

/** File signatures: text at an offset. Latin-1, so that every byte is one character. The first match counts. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string, kind: FileKind])[] = [
  [0, '\xff\xd8\xff', { words: 'a JPEG picture', isCommon: true, end: [0xff, 0xd9] }],
  [0, '\x89PNG\r\n\x1a\n', { words: 'a PNG picture', isCommon: true, end: [0x49, 0x45, 0x4e, 0x44] }],
  [0, 'GIF8', { words: 'a GIF picture', isCommon: true }],
  [8, 'WEBP', { words: 'a WebP picture', isCommon: true }],
  [8, 'AVI ', { words: 'a video' }],
  [4, 'ftypavi', { words: 'an AVIF picture', isCommon: true }],
  [4, 'ftyphe', { words: 'a HEIC picture' }],
  [4, 'ftypmif1', { words: 'a HEIC picture' }],
  [4, 'ftypmsf1', { words: 'a HEIC picture' }],
  [4, 'ftypcrx', { words: "a camera's raw file" }],
  [4, 'ftyp', { words: 'a video' }],
  [0, '\x1aE\xdf\xa3', { words: 'a video' }],
  [0, 'II*\0', { words: "a TIFF picture or a camera's raw file" }],
  [0, 'MM\0*', { words: "a TIFF picture or a camera's raw file" }],
  [4, 'JXL ', { words: 'a JPEG XL picture' }],
  [0, '\xff\x0a', { words: 'a JPEG XL picture' }],
  [4, 'jP  ', { words: 'a JPEG 2000 picture' }],
  [0, '8BPS', { words: 'a Photoshop document' }],
  [0, '%PDF', { words: 'a PDF document' }],
  [0, 'PK\x03\x04', { words: 'a ZIP archive or an office document' }],
  [0, 'BM', { words: 'a BMP picture', isCommon: true }],
  [0, '\0\0\x01\0', { words: 'an icon', isCommon: true }],
];

/** The kind of a file that starts with `head`. */
export function fileKind(head: Uint8Array): FileKind {
  for (const [offset, bytes, kind] of SIGNATURES) {
    if (Array.from(bytes).every((char, i) => head[offset + i] === char.charCodeAt(0))) return kind;
  }
  const text = textOf(head);
  if (text === undefined) return UNKNOWN;
  if (/<svg[\s>]/i.test(text)) return { words: 'an SVG drawing' };
  if (/^\s*(<!doctype html|<html)/i.test(text)) return { words: 'a web page' };
  return { words: 'text' };
}

/** The first kilobyte as text; undefined if it is not UTF-8 or has control characters not used in text. */
function textOf(head: Uint8Array): string | undefined {
  try {
    // Streaming, since the cut may split a character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, 1024), { stream: true });
    // eslint-disable-next-line no-control-regex
    return /[\0-\x08\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Describes a file rejected by the browser, from its first and last bytes. */
export function refusedWords(head: Uint8Array, tail: Uint8Array): string {
  const { words, isCommon, end } = fileKind(head);
  if (!isCommon) return words;
  if (!end) return `${words} that is damaged or cut off`;
  return holds(tail, end) ? `${words} that is damaged` : `${words} whose end is missing`;
}

function holds(bytes: Uint8Array, mark: readonly number[]): boolean {
  for (let at = bytes.length - mark.length; at >= 0; at--) {
    if (mark.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** The size in the header of a PNG, GIF, BMP or JPEG, `[width, height]` in pixels, else undefined. */
export function headerSize(head: Uint8Array): [width: number, height: number] | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head[0] === 0x89 && head.length >= 24) return [view.getUint32(16), view.getUint32(20)];
  const start = String.fromCharCode(...head.subarray(0, 4));
  if (start === 'GIF8' && head.length >= 10) return [view.getUint16(6, true), view.getUint16(8, true)];
  if (start.startsWith('BM') && head.length >= 26) {
    // A negative height is that of a picture stored from the top.
    return [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  }
  if (head[0] !== 0xff || head[1] !== 0xd8) return undefined;
  // JPEG (ITU-T T.81, B.2): segments of a marker and a length, up to a start-of-frame (C0 to CF except three).
  for (let at = 2; at + 9 <= head.length;) {
    const marker = view.getUint16(at);
    if (marker < 0xff01) return undefined;
    if (marker === 0xffff) {
      at += 1; // A fill byte.
      continue;
    }
    const isFrame = (marker & 0xfff0) === 0xffc0 && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
