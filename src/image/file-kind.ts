/** Identifies a file by its first bytes, in words that explain to the user why it could not be read. */
import { hasEnd } from './end-mark';

export interface FileKind {
  /** "a HEIC picture", "text" … */
  readonly words: string;
  /** A picture by these bytes, whatever the file is called. */
  readonly isPicture?: boolean;
  /** SVG, which is drawn before it is decoded. */
  readonly isDrawing?: boolean;
  /** Browsers support this format, so a file they reject is damaged. */
  readonly isCommon?: boolean;
  /** A small picture in a format that only some browsers support, in Base64. One that decodes it does. */
  readonly sample?: string;
}

/** Leading bytes that suffice to tell whether a file is a picture. */
export const SIGNATURE_BYTES = 32;

/** Leading bytes in which a drawing's first tag is looked for. */
const TEXT_BYTES = 16 * 1024;

const UNKNOWN: FileKind = { words: 'data of no kind that is known here' };

const HEIC: FileKind = { words: 'a HEIC picture', isPicture: true };
const JPEG_XL: FileKind = {
  words: 'a JPEG XL picture',
  isPicture: true,
  sample: '/woIELASCAgQAFwASxLFgkWAHL0xqnCBCV0qDp901Te/5QM=',
};

/**
 * File signatures: text at an offset. Latin-1, so that every byte is one character; "?" is any byte. The first match
 * counts.
 */
const SIGNATURES: readonly (readonly [offset: number, bytes: string, kind: FileKind])[] = [
  [0, '\xff\xd8\xff', { words: 'a JPEG picture', isPicture: true, isCommon: true }],
  [0, '\x89PNG\r\n\x1a\n', { words: 'a PNG picture', isPicture: true, isCommon: true }],
  [0, 'GIF8', { words: 'a GIF picture', isPicture: true, isCommon: true }],
  [8, 'WEBP', { words: 'a WebP picture', isPicture: true, isCommon: true }],
  [8, 'AVI ', { words: 'a video' }],
  [4, 'ftypavi', { words: 'an AVIF picture', isPicture: true, isCommon: true }],
  [4, 'ftyphe', HEIC],
  [4, 'ftypmif1', HEIC],
  [4, 'ftypmsf1', HEIC],
  [4, 'ftypcrx', { words: "a camera's raw file" }],
  [4, 'ftyp', { words: 'a video' }],
  [0, '\x1aE\xdf\xa3', { words: 'a video' }],
  [0, 'II*\0', { words: "a TIFF picture or a camera's raw file" }],
  [0, 'MM\0*', { words: "a TIFF picture or a camera's raw file" }],
  [4, 'JXL ', JPEG_XL],
  [0, '\xff\x0a', JPEG_XL],
  [4, 'jP  ', { words: 'a JPEG 2000 picture' }],
  [0, '8BPS', { words: 'a Photoshop document' }],
  [0, '%PDF', { words: 'a PDF document' }],
  [0, 'PK\x03\x04', { words: 'a ZIP archive or an office document' }],
  // A length, then four zeros: text may begin with "BM".
  [0, 'BM????\0\0\0\0', { words: 'a BMP picture', isPicture: true, isCommon: true }],
  [0, '\0\0\x01\0', { words: 'an icon', isCommon: true }],
];

/** The kind of a file that starts with `head`. */
export function fileKind(head: Uint8Array): FileKind {
  for (const [offset, bytes, kind] of SIGNATURES) {
    const isAt = (char: string, i: number) => char === '?' || head[offset + i] === char.charCodeAt(0);
    if (Array.from(bytes).every(isAt)) return kind;
  }
  const text = textOf(head);
  if (text === undefined) return UNKNOWN;
  if (/^\s*(<!doctype html|<html)/i.test(text)) return { words: 'a web page' };
  if (/<(?:\w+:)?svg[\s>]/i.test(text)) return { words: 'an SVG drawing', isPicture: true, isDrawing: true };
  return { words: 'text' };
}

/** The first kilobytes as text, since drawings may begin with long comments; undefined if it is not UTF-8 or has control characters not used in text. */
function textOf(head: Uint8Array): string | undefined {
  try {
    // Streaming, since the cut may split a character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, TEXT_BYTES), {
      stream: true,
    });
    // eslint-disable-next-line no-control-regex
    return /[\0-\x08\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Describes a file rejected by the browser. @param isSupported whether the browser supports its format */
export function refusedWords(bytes: Uint8Array<ArrayBuffer>, isSupported: boolean): string {
  const { words } = fileKind(bytes);
  if (!isSupported) return words;
  const isWhole = hasEnd(bytes);
  if (isWhole === undefined) return `${words} that is damaged or cut off`;
  return isWhole ? `${words} that is damaged` : `${words} whose end is missing`;
}
