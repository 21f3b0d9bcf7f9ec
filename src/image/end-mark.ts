import { partedFormat, partsOf, SCANS } from './file-parts';

/**
 * Whether the mark at the end of a picture's file is there: without it, the file was cut off. Undefined for formats that
 * have none.
 */
export function hasEnd(bytes: Uint8Array<ArrayBuffer>): boolean | undefined {
  const format = partedFormat(bytes);
  if (!format) return undefined;
  if (format === 'webp')
    return bytes.length >= 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const parts = partsOf(bytes, format);
  if (format === 'png') return parts.some(({ name }) => name === 'IEND');
  const scans = parts.find(({ name }) => name === SCANS);
  return scans !== undefined && holdsEndOfImage(scans.data);
}

/** From behind, since there it usually is; cameras append data of their own. */
function holdsEndOfImage(scans: Uint8Array): boolean {
  for (let at = scans.lastIndexOf(0xd9); at > 0; at = scans.lastIndexOf(0xd9, at - 1)) {
    if (scans[at - 1] === 0xff) return true;
  }
  return false;
}
