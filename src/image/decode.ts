/** Decodes picture files with the browser's own decoder. Runs in a worker or on a page. */
import { grouped } from '../core/digits';
import { Failure, messageOf } from '../core/failure';
import { hasEnd } from './end-mark';
import { fileKind, refusedWords } from './file-kind';
import { partedFormat } from './file-parts';
import { groundedCanvas, groundOf, WHITE } from './ground';
import { HEAD_BYTES, headerSize } from './header-size';
import { scanEnd } from './jpeg-scan';
import { uprightSize, uprightTransform } from './orientation';
import { plainFile } from './plain-file';
import type { PixelBlock, PixelSource } from './raster';

/** A decoded picture as displayed: upright, in sRGB, on its ground. Four bytes per pixel, the last is 255. */
export interface DecodedPicture extends PixelSource {
  readonly channels: 4;
  /** Whether an `<img>` shows the file as it is decoded here: upright, and not on a ground of its own. */
  readonly isShownAlike: boolean;
  /**
   * A small opaque copy, `width` x `height` pixels, in the colours that a browser shows.
   * @throws PictureUnreadable
   */
  scaled(width: number, height: number): Promise<OffscreenCanvas>;
  /** Frees the pixels; the picture cannot be read after that. */
  close(): void;
}

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

/** Maximum side of our canvas; Chromium's limit is 65,535. */
const CANVAS_SIDE = 16_384;

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

/**
 * Decodes a picture's file. Its pixels are read through a canvas in parts, so that a large picture needs little memory
 * besides the browser's decoder (up to 8 bytes per pixel in Chromium).
 * @param isTurned false for the pictures of a data set, which the reference reads as they are stored
 * @throws PictureEmpty, PictureUnreadable, PictureTooLarge; OutOfMemory, as does reading its pixels
 */
export async function decodePicture(
  bytes: Uint8Array<ArrayBuffer>,
  isTurned = true,
): Promise<DecodedPicture> {
  if (bytes.length === 0) throw new Failure('PictureEmpty', 'the file is empty: 0 bytes');
  requireRoom(bytes);
  const whole = withEnd(bytes);
  const { plain, coloured, orientation, hasOtherColours } = plainFile(whole, isTurned);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(plain, BITMAP_OPTIONS);
  } catch (error) {
    throw await explain(bytes, error);
  }
  if (hasEnd(whole) === false) {
    bitmap.close();
    throw await explain(bytes, undefined);
  }
  const [width, height] = uprightSize(bitmap.width, bitmap.height, orientation);
  // JPEG has no transparency.
  const ground = partedFormat(bytes) === 'jpeg' ? WHITE : groundOf(bitmap);
  const tile = tileReader(bitmap, orientation, ground);
  return {
    width,
    height,
    channels: 4,
    isShownAlike: orientation === 1 && ground === WHITE,
    read: (left, top, columns, rows) => readTiled(tile, left, top, columns, rows),
    async scaled(toWidth, toHeight) {
      if (!hasOtherColours) return scaledCopy(bitmap, orientation, ground, toWidth, toHeight);
      const shown = await createImageBitmap(coloured, { imageOrientation: 'from-image' });
      const copy = scaledCopy(shown, orientation, ground, toWidth, toHeight);
      shown.close();
      return copy;
    },
    close: () => bitmap.close(),
  };
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

function scaledCopy(
  bitmap: ImageBitmap,
  orientation: number,
  ground: string,
  width: number,
  height: number,
): OffscreenCanvas {
  const { canvas, context } = groundedCanvas(width, height, ground);
  context.imageSmoothingQuality = 'high';
  const [fullWidth, fullHeight] = uprightSize(bitmap.width, bitmap.height, orientation);
  context.scale(width / fullWidth, height / fullHeight);
  context.transform(...uprightTransform(bitmap.width, bitmap.height, orientation));
  context.drawImage(bitmap, 0, 0);
  return canvas;
}

type TileReader = (left: number, top: number, width: number, height: number) => Uint8ClampedArray;

function tileReader(bitmap: ImageBitmap, orientation: number, ground: string): TileReader {
  let context: OffscreenCanvasRenderingContext2D | undefined;
  const turn = uprightTransform(bitmap.width, bitmap.height, orientation);
  return (left, top, width, height) => {
    try {
      if (!context || context.canvas.width < width || context.canvas.height < height) {
        context = groundedCanvas(width, height, ground).context;
        context.imageSmoothingEnabled = false;
      }
      context.resetTransform();
      context.fillRect(0, 0, width, height);
      context.translate(-left, -top);
      context.transform(...turn);
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, width, height).data;
    } catch (error) {
      // Every size that a canvas can have was decoded: it is memory that is short.
      const size = sizeInWords(bitmap.width, bitmap.height);
      throw new Failure('OutOfMemory', `this browser cannot read ${size} now: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
}

function readTiled(tile: TileReader, left: number, top: number, width: number, height: number): PixelBlock {
  const stride = width * 4;
  if (width <= CANVAS_SIDE && height <= CANVAS_SIDE) {
    return { data: tile(left, top, width, height), offset: 0, stride };
  }
  const data = new Uint8ClampedArray(stride * height);
  for (let y = 0; y < height; y += CANVAS_SIDE) {
    for (let x = 0; x < width; x += CANVAS_SIDE) {
      const columns = Math.min(CANVAS_SIDE, width - x);
      const rows = Math.min(CANVAS_SIDE, height - y);
      const part = tile(left + x, top + y, columns, rows);
      for (let row = 0; row < rows; row++) {
        data.set(part.subarray(row * columns * 4, (row + 1) * columns * 4), (y + row) * stride + x * 4);
      }
    }
  }
  return { data, offset: 0, stride };
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

function sizeInWords(width: number, height: number): string {
  return `${grouped(width)} × ${grouped(height)} pixels`;
}
