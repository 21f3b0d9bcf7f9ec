/** Decodes picture files with the browser's own decoder. Runs in a worker or on a page. */
import { grouped } from '../core/digits';
import { Failure, messageOf } from '../core/failure';
import { HEAD_BYTES, headerSize, refusedWords, TAIL_BYTES } from './file-kind';
import type { PixelBlock, PixelSource } from './raster';

/** A decoded picture as displayed: upright, in sRGB, on white. Four bytes per pixel, the last is 255. */
export interface DecodedPicture extends PixelSource {
  readonly channels: 4;
  /** Keeps the file's transparency. */
  readonly bitmap: ImageBitmap;
  /** Frees the pixels; the picture cannot be read after that. */
  close(): void;
}

// Rotated upright by EXIF, unlike the reference, and without colour conversion, since OpenCLIP's towers were trained on
// unconverted pixels (converting Adobe RGB changes a pixel by 12 of 255 on average). Not premultiplied: a decoder
// premultiplies a lossless WebP with different rounding, which is off by one on white. An animation gives its first
// frame. Chromium rejects truncated JPEG, PNG and WebP files, so half a picture is never indexed.
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
 * Decodes a picture. Its pixels are read through a canvas in parts, so that a large picture needs little memory besides
 * the browser's decoder (up to 8 bytes per pixel in Chromium).
 * @throws PictureEmpty, PictureUnreadable, PictureTooLarge, FileUnreadable; OutOfMemory, as does reading its pixels
 */
export async function decodePicture(file: Blob): Promise<DecodedPicture> {
  if (file.size === 0) throw new Failure('PictureEmpty', 'the file is empty: 0 bytes');
  await requireRoom(file);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, BITMAP_OPTIONS);
  } catch (error) {
    throw await explain(file, error);
  }
  const { width, height } = bitmap;
  const tile = tileReader(bitmap);
  return {
    width,
    height,
    channels: 4,
    bitmap,
    read: (left, top, columns, rows) => readTiled(tile, left, top, columns, rows),
    close: () => bitmap.close(),
  };
}

type TileReader = (left: number, top: number, width: number, height: number) => Uint8ClampedArray;

// Why white, and why an opaque canvas: a canvas stores colours premultiplied in 8 bits, so reading back transparent
// pixels loses colour. On white nothing is lost: it stores premultiplied colour + 255 - alpha, which is the exact
// composite, `overWhite` of alpha.ts (equal for every pair of colour and alpha in Chromium).
function tileReader(bitmap: ImageBitmap): TileReader {
  let context: OffscreenCanvasRenderingContext2D | null = null;
  return (left, top, width, height) => {
    try {
      if (!context || context.canvas.width < width || context.canvas.height < height) {
        const canvas = new OffscreenCanvas(width, height);
        context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
        if (!context) throw new Error('it provided no canvas');
        context.fillStyle = '#fff';
        context.imageSmoothingEnabled = false;
      }
      context.fillRect(0, 0, width, height);
      context.drawImage(bitmap, left, top, width, height, 0, 0, width, height);
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

/** @throws PictureTooLarge with both numbers, before a decoder takes memory for it; FileUnreadable */
async function requireRoom(file: Blob): Promise<void> {
  const size = headerSize(await bytesOf(file, 0, HEAD_BYTES));
  const { deviceMemory = MOST_GIBIBYTES } = navigator as { readonly deviceMemory?: number };
  const most = Math.min(deviceMemory, MOST_GIBIBYTES) * PIXELS_PER_GIBIBYTE;
  if (!size || size[0] * size[1] <= most) return;
  const message = `the picture has ${sizeInWords(...size)}, more than the ${grouped(most)} in all that are read here`;
  throw new Failure('PictureTooLarge', message);
}

/** Explains why the browser returned no bitmap, since its own error has no details. */
async function explain(file: Blob, cause: unknown): Promise<Failure> {
  const head = await bytesOf(file, 0, HEAD_BYTES);
  const tail = await bytesOf(file, Math.max(file.size - TAIL_BYTES, 0), file.size);
  const words = refusedWords(head, tail);
  return new Failure('PictureUnreadable', `not a picture this browser can read: ${words}`, { cause });
}

/** @throws FileUnreadable */
async function bytesOf(file: Blob, start: number, end: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (cause) {
    throw new Failure('FileUnreadable', `the file cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function sizeInWords(width: number, height: number): string {
  return `${grouped(width)} × ${grouped(height)} pixels`;
}
