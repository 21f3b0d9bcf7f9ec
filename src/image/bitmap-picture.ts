/** Pictures that the browser has decoded whole. */
import { Failure, messageOf } from '../core/failure';
import { groundedCanvas, WHITE } from './ground';
import { uprightSize, uprightTransform } from './orientation';
import type { DecodedPicture } from './picture';
import type { PlainFile } from './plain-file';
import type { PixelBlock } from './raster';
import { sizeInWords } from './size-words';
import { uprightCopy } from './upright-copy';

/** Maximum side of our canvas; Chromium's limit is 65,535. */
const CANVAS_SIDE = 16_384;

/** The picture in `bitmap`, which is that of `plain`, on `ground`. */
export function bitmapPicture(
  bitmap: ImageBitmap,
  { coloured, orientation, isShownUpright, hasOtherColours }: PlainFile,
  ground: string,
): DecodedPicture {
  const [width, height] = uprightSize(bitmap.width, bitmap.height, orientation);
  const tile = tileReader(bitmap, orientation, ground);
  return {
    width,
    height,
    channels: 4,
    full: { width, height },
    box: [0, 0, width, height],
    isScaled: false,
    isShownAlike: isShownUpright && ground === WHITE,
    read: (left, top, columns, rows) => readTiled(tile, left, top, columns, rows),
    async scaled(toWidth, toHeight, onto) {
      if (!hasOtherColours) return uprightCopy(bitmap, bitmap, orientation, ground, toWidth, toHeight, onto);
      const shown = await createImageBitmap(new Blob([...coloured]), { imageOrientation: 'from-image' });
      const copy = uprightCopy(shown, shown, orientation, ground, toWidth, toHeight, onto);
      shown.close();
      return copy;
    },
    close: () => bitmap.close(),
  };
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
