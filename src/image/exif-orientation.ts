import { textAt } from './file-parts';

/** EXIF's tag. */
const ORIENTATION = 0x0112;

/** The types of a number that Pillow reads. */
const [SHORT, LONG] = [3, 4];

export interface ExifOrientation {
  /** 1 to 8; 1 is upright, and so is any other number. */
  readonly value: number;
  /** Whether it is written as the standard says, one SHORT: only then a browser applies it. */
  readonly isUsual: boolean;
}

/**
 * The orientation that EXIF gives; undefined if there is none, or it cannot be read.
 * @param exif a TIFF file (TIFF 6.0, section 2), as in PNG and WebP, or one after "Exif\0\0"
 */
export function exifOrientation(exif: Uint8Array): ExifOrientation | undefined {
  const start = textAt(exif, 0, 4) === 'Exif' ? 6 : 0;
  const tiff = exif.subarray(start);
  const order = textAt(tiff, 0, 4);
  if (order !== 'II*\0' && order !== 'MM\0*') return undefined;
  const isLittle = order === 'II*\0';
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return undefined;
  const directory = view.getUint32(4, isLittle);
  const count = directory + 2 <= view.byteLength ? view.getUint16(directory, isLittle) : 0;
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > view.byteLength) return undefined;
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const type = view.getUint16(at + 2, isLittle);
    const isUsual = type === SHORT && view.getUint32(at + 4, isLittle) === 1;
    return { value: inRange(numberAt(view, at + 8, type, isLittle)) ?? 1, isUsual };
  }
  return undefined;
}

/** The orientation that XMP gives, 1 to 8, for a file whose EXIF has none. */
export function xmpOrientation(xmp: Uint8Array): number | undefined {
  // As Pillow looks for it: an attribute or an element.
  const [, digit] = /tiff:Orientation(?:="|>)(\d)/.exec(new TextDecoder().decode(xmp)) ?? [];
  return inRange(Number(digit));
}

function numberAt(view: DataView, at: number, type: number, isLittle: boolean): number {
  if (type === LONG) return view.getUint32(at, isLittle);
  return type === SHORT ? view.getUint16(at, isLittle) : 1;
}

function inRange(value: number): number | undefined {
  return value >= 1 && value <= 8 ? value : undefined;
}
