/** Pictures of JPEGs that are decoded at a scale. */
import { groundedCanvas, WHITE } from './ground';
import { HEAD_BYTES, headerSize } from './header-size';
import { uprightPixels, uprightSize, uprightTransform } from './orientation';
import type { DecodedPicture, FramedPicture, Size } from './picture';
import { joined, type PlainFile } from './plain-file';
import { sourceOf } from './raster';
import { eighthsFor, EIGHTHS, scaledFrame } from './scaled-frame';
import { uprightCopy } from './upright-copy';

/**
 * A JPEG at the scale at which it has the pixels that are needed; undefined if it must be decoded whole.
 * @param needed as `Wanted.needed`
 */
export async function framePicture(
  { plain, coloured, orientation, isShownUpright, hasOtherColours }: PlainFile,
  needed: (picture: Size & Pick<DecodedPicture, 'isShownAlike'>) => number,
): Promise<DecodedPicture | undefined> {
  const data = joined(plain);
  const size = headerSize(data.subarray(0, HEAD_BYTES));
  if (!size) return undefined;
  const stored = { width: size[0], height: size[1] };
  const [width, height] = uprightSize(...size, orientation);
  const isShownAlike = isShownUpright;
  const eighths = eighthsFor(needed({ width, height, isShownAlike }));
  const frame = await scaledFrame(data, stored, eighths, { isGiven: plain.length > 1 });
  if (!frame) return undefined;
  const covered = { width: (stored.width * eighths) / EIGHTHS, height: (stored.height * eighths) / EIGHTHS };
  try {
    const memory = memoryOf(frame.codedWidth * frame.codedHeight * 4);
    const pixels = await pixelsOf(frame, memory, covered, orientation);
    return {
      ...pixels,
      full: { width, height },
      isScaled: true,
      isShownAlike,
      async scaled(toWidth, toHeight, onto) {
        if (!hasOtherColours) {
          const isOwn = toWidth === pixels.width && toHeight === pixels.height;
          return isOwn
            ? canvasOf(pixels, onto)
            : uprightCopy(frame, covered, orientation, WHITE, toWidth, toHeight, onto);
        }
        const shown = await scaledFrame(joined(coloured), stored, eighths, {
          isConverted: true,
          isGiven: coloured.length > 1,
        });
        const copy = uprightCopy(shown ?? frame, covered, orientation, WHITE, toWidth, toHeight, onto);
        shown?.close();
        return copy;
      },
      close() {
        // Once: a closed frame has no format.
        if (frame.format !== null) spare = memory;
        frame.close();
      },
    };
  } catch {
    frame.close();
    return undefined;
  }
}

interface Pixels extends Omit<FramedPicture, 'full'> {
  readonly channels: 4;
  /** All of them, `[height, width, 4]`. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Memory of a frame that is closed, for the next one: to get other takes as long as to fill it. */
let spare: Uint8Array<ArrayBuffer> | undefined;

function memoryOf(bytes: number): Uint8Array<ArrayBuffer> {
  const memory = spare?.length === bytes ? spare : new Uint8Array(bytes);
  spare = undefined;
  return memory;
}

/**
 * A frame's pixels, upright.
 * @param rgba memory for as many
 * @param covered how many of its columns and rows the picture covers
 */
async function pixelsOf(
  frame: VideoFrame,
  rgba: Uint8Array<ArrayBuffer>,
  covered: Size,
  orientation: number,
): Promise<Pixels> {
  const { codedWidth, codedHeight } = frame;
  const layout = [{ offset: 0, stride: codedWidth * 4 }];
  await frame.copyTo(rgba, { format: 'RGBA', layout });
  const pixels = uprightPixels(new Uint32Array(rgba.buffer), codedWidth, codedHeight, orientation);
  const [width, height] = uprightSize(codedWidth, codedHeight, orientation);
  const [a, b, c, d, x, y] = uprightTransform(codedWidth, codedHeight, orientation);
  // Where the corner goes that is opposite the first, which goes to x, y.
  const [u, v] = [a * covered.width + c * covered.height + x, b * covered.width + d * covered.height + y];
  const data = new Uint8ClampedArray(pixels.buffer);
  return {
    ...sourceOf({ width, height, channels: 4, data }),
    channels: 4,
    data,
    box: [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)],
  };
}

function canvasOf({ width, height, data }: Pixels, onto?: OffscreenCanvas): OffscreenCanvas {
  const { canvas, context } = groundedCanvas(width, height, WHITE, onto);
  context.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}
