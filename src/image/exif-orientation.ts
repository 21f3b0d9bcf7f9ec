import { textAt } from './file-parts';

/** EXIF's tag, and the type of its value. */
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The orientation that EXIF gives, 1 to 8: 1 is upright, and so is what cannot be read.
 * @param exif a TIFF file (TIFF 6.0, section 2), as in PNG and WebP, or one after "Exif\0\0"
 */
export function exifOrientation(exif: Uint8Array): number {
  const start = textAt(exif, 0, 4) === 'Exif' ? 6 : 0;
  const tiff = exif.subarray(start);
  const order = textAt(tiff, 0, 4);
  if (order !== 'II*\0' && order !== 'MM\0*') return 1;
  const isLittle = order === 'II*\0';
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return 1;
  const directory = view.getUint32(4, isLittle);
  const count = directory + 2 <= view.byteLength ? view.getUint16(directory, isLittle) : 0;
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > view.byteLength) return 1;
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(at + 2, isLittle) === SHORT ? view.getUint16(at + 8, isLittle) : 1;
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
