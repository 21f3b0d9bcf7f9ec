/** The parts of JPEG, PNG and WebP files: segments and chunks. */

export interface Part {
  /** "PNG " chunk type or WebP FourCC; of a JPEG segment its marker's second byte in hexadecimal, such as "e2". */
  readonly name: string;
  /** The whole part, with its name and length. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it holds. */
  readonly data: Uint8Array<ArrayBuffer>;
}

export type PartedFormat = 'jpeg' | 'png' | 'webp';

/** A JPEG's last part: from its first start of scan to the end of the file. */
export const SCANS = 'da';

/** Which of the three formats a file has. */
export function partedFormat(bytes: Uint8Array): PartedFormat | undefined {
  if (textAt(bytes, 0, 3) === '\xff\xd8\xff') return 'jpeg';
  if (textAt(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  return textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP' ? 'webp' : undefined;
}

/** The parts after the format's signature, in order. A part that is cut off, and what follows it, is left out. */
export function partsOf(bytes: Uint8Array<ArrayBuffer>, format: PartedFormat): readonly Part[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return format === 'jpeg' ? segments(bytes, view) : chunks(bytes, view, format);
}

/** ITU-T T.81, B.1.1: a marker, and a length that counts itself. */
function segments(bytes: Uint8Array<ArrayBuffer>, view: DataView): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // A fill byte.
      continue;
    }
    const end = marker === 0xda ? bytes.length : at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) break;
    const name = marker.toString(16).padStart(2, '0');
    parts.push({ name, bytes: bytes.subarray(at, end), data: bytes.subarray(at + 4, end) });
    at = end;
  }
  return parts;
}

/** PNG: length, type, data, CRC. RIFF: type, length, data padded to an even length. */
function chunks(bytes: Uint8Array<ArrayBuffer>, view: DataView, format: 'png' | 'webp'): readonly Part[] {
  const isPng = format === 'png';
  const parts: Part[] = [];
  for (let at = isPng ? 8 : 12; at + 8 <= bytes.length;) {
    const length = isPng ? view.getUint32(at) : view.getUint32(at + 4, true);
    const dataEnd = at + 8 + length;
    const end = isPng ? dataEnd + 4 : dataEnd + (length % 2);
    if (dataEnd > bytes.length) break;
    const name = textAt(bytes, isPng ? at + 4 : at, 4);
    parts.push({ name, bytes: bytes.subarray(at, end), data: bytes.subarray(at + 8, dataEnd) });
    at = end;
  }
  return parts;
}

/** Bytes as Latin-1, fewer at the end. */
export function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
