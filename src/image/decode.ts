/** Decodes picture files with the browser's own decoder. Runs in a worker or on a page. */
import { grouped } from '../core/digits';
import { Failure } from '../core/failure';
import { hasEnd } from './end-mark';
import { fileKind, refusedWords } from './file-kind';
import { partedFormat } from './file-parts';
import { bitmapPicture } from './bitmap-picture';
import { framePicture } from './frame-picture';
import { groundOf, WHITE } from './ground';
import { HEAD_BYTES, headerSize } from './header-size';
import { sizeInWords } from './size-words';
import { scanEnd } from './jpeg-scan';
import type { DecodedPicture, Size } from './picture';
import { plainFile } from './plain-file';

// Rotated upright by EXIF, unlike the reference, and without colour conversion, since OpenCLIP's towers were trained on
// unconverted pixels (converting Adobe RGB changes a pixel by 12 of 255 on average). Not premultiplied: a decoder
// premultiplies a lossless WebP with different rounding, which is off by one on white. An animation gives its first
// frame. Browsers other than Chromium accept truncated JPEG and PNG files, so their end is looked for: half a picture
// is never indexed.
const BITMAP_OPTIONS: ImageBitmapOptions = {
  imageOrientation: 'from-image',
  premultiplyAlpha: 'none',
  colorSpaceConversion: 'none',
};

/**
 * Pixels that are decoded per GiB of the device's memory (8 GiB where the browser reports none or more): a decoder takes
 * up to 8 bytes for each, so a picture takes at most a quarter of the memory.
 */
const PIXELS_PER_GIBIBYTE = 2 ** 25;
const MOST_GIBIBYTES = 8;

/**
 * Pixels from which a whole file of a known format that is not decoded is not called bad: the decoder takes 256 MiB or
 * more, and a browser does not tell whether it lacked memory or the file is damaged.
 */
const MAY_LACK_MEMORY = 2 ** 25;

/** How a picture is wanted. */
export interface Wanted {
  /** False for the pictures of a data set, which the reference reads as they are stored. */
  readonly isTurned?: boolean;
  /**
   * How many pixels are needed for each of a picture's own, of which a JPEG may then be decoded at a scale; default: it
   * is decoded whole.
   */
  readonly needed?: (picture: HeaderOf) => number;
}

/** What is known of a picture before it is decoded: the size it has once upright, and `isShownAlike`. */
export type HeaderOf = Size & Pick<DecodedPicture, 'isShownAlike'>;

/**
 * Decodes a picture's file. Pixels of a whole picture are read through a canvas in parts, so that a large one needs
 * little memory besides the browser's decoder (up to 8 bytes per pixel in Chromium).
 * @throws PictureEmpty, PictureUnreadable, PictureTooLarge; OutOfMemory, as does reading its pixels
 */
export async function decodePicture(
  bytes: Uint8Array<ArrayBuffer>,
  { isTurned = true, needed }: Wanted = {},
): Promise<DecodedPicture> {
  if (bytes.length === 0) throw new Failure('PictureEmpty', 'the file is empty: 0 bytes');
  requireRoom(bytes);
  const whole = withEnd(bytes);
  if (hasEnd(whole) === false) throw await explain(bytes, undefined);
  const file = plainFile(whole, isTurned);
  const isJpeg = partedFormat(bytes) === 'jpeg';
  const framed = isJpeg && needed ? await framePicture(file, needed) : undefined;
  if (framed) return framed;
  try {
    const bitmap = await createImageBitmap(new Blob([...file.plain]), BITMAP_OPTIONS);
    // JPEG has no transparency.
    return bitmapPicture(bitmap, file, isJpeg ? WHITE : groundOf(bitmap));
  } catch (error) {
    throw await explain(bytes, error);
  }
}

/**
 * Some cameras write panoramas without an end mark, and their own data after the picture's. Browsers' decoders want the
 * mark. Where the picture's data is whole and more follows, the file is that data with a mark; any other is returned
 * unchanged. If nothing follows, the file was cut off there.
 */
function withEnd(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (partedFormat(bytes) !== 'jpeg' || hasEnd(bytes)) return bytes;
  const end = scanEnd(bytes);
  if (end === undefined || end >= bytes.length) return bytes;
  const whole = bytes.slice(0, end + 2);
  whole.set([0xff, 0xd9], end);
  return whole;
}

/** @throws PictureTooLarge with both numbers, before a decoder takes memory for it */
function requireRoom(bytes: Uint8Array<ArrayBuffer>): void {
  const size = headerSize(bytes.subarray(0, HEAD_BYTES));
  const { deviceMemory = MOST_GIBIBYTES } = navigator as { readonly deviceMemory?: number };
  const most = Math.min(deviceMemory, MOST_GIBIBYTES) * PIXELS_PER_GIBIBYTE;
  if (!size || size[0] * size[1] <= most) return;
  const message = `the picture has ${sizeInWords(...size)}, more than the ${grouped(most)} in all that are read here`;
  throw new Failure('PictureTooLarge', message);
}

/** Explains why a file gives no picture, since the browser's own error has no details. */
async function explain(bytes: Uint8Array<ArrayBuffer>, cause: unknown): Promise<Failure> {
  const { isCommon = false, sample } = fileKind(bytes);
  const isKnown = isCommon || (sample !== undefined && (await decodes(sample)));
  const [width, height] = headerSize(bytes.subarray(0, HEAD_BYTES)) ?? [0, 0];
  if (isKnown && hasEnd(bytes) !== false && width * height >= MAY_LACK_MEMORY) {
    const size = sizeInWords(width, height);
    const message = `this browser could not decode ${size} now: memory is short, or the file is damaged`;
    return new Failure('OutOfMemory', message, { cause });
  }
  const words = refusedWords(bytes, isKnown);
  return new Failure('PictureUnreadable', `not a picture this browser can read: ${words}`, { cause });
}

/** Whether the browser decodes a picture. @param sample in Base64 */
async function decodes(sample: string): Promise<boolean> {
  try {
    const bytes = Uint8Array.from(atob(sample), (char) => char.charCodeAt(0));
    (await createImageBitmap(new Blob([bytes]))).close();
    return true;
  } catch {
    return false;
  }
}
