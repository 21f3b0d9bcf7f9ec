/** The size that a picture's header tells, known before a decoder takes memory for it. */
import { partsOf, textAt } from './file-parts';

/** `[width, height]` in pixels. */
type Size = [width: number, height: number];

/** Leading bytes that nearly always suffice for `headerSize`. */
export const HEAD_BYTES = 256 * 1024;

/** The size in the header of a PNG, GIF, BMP, JPEG, WebP, AVIF, HEIC or JPEG XL, as coded, before any crop; else undefined. */
export function headerSize(head: Uint8Array<ArrayBuffer>): Size | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const word = (at: number): string => textAt(head, at, 4);
  if (head[0] === 0x89 && head.length >= 24) return [view.getUint32(16), view.getUint32(20)];
  if (word(0) === 'GIF8' && head.length >= 10) return [view.getUint16(6, true), view.getUint16(8, true)];
  if (word(0).startsWith('BM') && head.length >= 26) {
    // A negative height is that of a picture stored from the top.
    return [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  }
  if (head[0] === 0xff && head[1] === 0xd8) return jpegSize(head);
  if (word(0) === 'RIFF' && word(8) === 'WEBP' && head.length >= 30) return webpSize(view, word(12));
  if (head[0] === 0xff && head[1] === 0x0a) return jpegXlSize(head.subarray(2));
  if (word(4) === 'JXL ') return boxedJpegXlSize(view, word);
  return word(4) === 'ftyp' ? itemSize(view) : undefined;
}

/** Starts of frame (ITU-T T.81, B.2.2): C0 to CF, of which three are other segments. */
const FRAME = /^c[^48c]$/;

function jpegSize(head: Uint8Array<ArrayBuffer>): Size | undefined {
  const frame = partsOf(head, 'jpeg').find(({ name }) => FRAME.test(name))?.data;
  if (!frame || frame.length < 5) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset);
  return [view.getUint16(3), view.getUint16(1)];
}

/** RFC 9649, section 2: the first chunk, at byte 12, is of one of three kinds. */
function webpSize(view: DataView, chunk: string): Size | undefined {
  const three = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
  if (chunk === 'VP8X') return [three(24) + 1, three(27) + 1];
  if (chunk === 'VP8 ') return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (chunk !== 'VP8L') return undefined;
  const bits = view.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

/** ISO/IEC 23008-12, 6.5.3: an `ispe` property for each item; the picture is the largest of them, others are its parts. */
function itemSize(view: DataView): Size | undefined {
  let largest: Size | undefined;
  for (let at = 4; at + 16 <= view.byteLength; at++) {
    if (view.getUint32(at) !== 0x69737065 || view.getUint32(at - 4) !== 20) continue;
    const size: Size = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (!largest || size[0] * size[1] > largest[0] * largest[1]) largest = size;
  }
  return largest;
}

/** ISO/IEC 18181-2: boxes, of which `jxlc`, or the first `jxlp` behind its number, begins with the code stream. */
function boxedJpegXlSize(view: DataView, word: (at: number) => string): Size | undefined {
  for (let at = 0; at + 16 <= view.byteLength;) {
    const start = { jxlc: at + 8, jxlp: at + 12 }[word(at + 4)];
    if (start !== undefined) {
      const stream = new Uint8Array(view.buffer, view.byteOffset + start, view.byteLength - start);
      return stream[0] === 0xff && stream[1] === 0x0a ? jpegXlSize(stream.subarray(2)) : undefined;
    }
    const length = view.getUint32(at);
    if (length < 8) return undefined;
    at += length;
  }
  return undefined;
}

/** Width by height of the named ratios 1 to 7 (ISO/IEC 18181-1, SizeHeader). */
const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const;

/** ISO/IEC 18181-1, SizeHeader: fields of bits, the lowest first. @param stream behind the signature */
function jpegXlSize(stream: Uint8Array): Size | undefined {
  if (stream.length < 9) return undefined;
  let at = 0;
  const read = (count: number): number => {
    let value = 0;
    for (let bit = 0; bit < count; bit++, at++) value += ((stream[at >> 3]! >> (at & 7)) & 1) * 2 ** bit;
    return value;
  };
  const isSmall = read(1) === 1;
  const side = (): number => (isSmall ? (read(5) + 1) * 8 : read([9, 13, 18, 30][read(2)]!) + 1);
  const height = side();
  const ratio = RATIOS[read(3) - 1];
  return [ratio ? Math.floor((height * ratio[0]) / ratio[1]) : side(), height];
}
