/**
 * A JPEG decoded at a scale: its decoder leaves out the higher frequencies, so that a large photo takes a fraction of
 * the time and memory.
 */
import type { Size } from './picture';

/** The scales that a JPEG can be decoded at are n/8. */
export const EIGHTHS = 8;

/** The smallest n for which n/8 of a picture has `needed` pixels for each of its own; 8: it must be whole. */
export function eighthsFor(needed: number): number {
  return Math.min(Math.ceil(needed * EIGHTHS), EIGHTHS);
}

/** A decoder that gives a frame of the full size does not scale, and is not asked again. */
let scales = true;

/**
 * A JPEG at `eighths` eighths of its size, as it is stored; undefined if this browser cannot, or the file is damaged.
 * @param size that of the file, in pixels
 * @param isConverted whether its colours are to be those that a browser shows, once it is drawn
 * @param isGiven whether `data` is given away: it is gone then, and nothing is copied
 */
export async function scaledFrame(
  data: Uint8Array<ArrayBuffer>,
  size: Size,
  eighths: number,
  { isConverted = false, isGiven = false } = {},
): Promise<VideoFrame | undefined> {
  if (!scales || eighths >= EIGHTHS || typeof ImageDecoder === 'undefined') return undefined;
  const [width, height] = [size.width, size.height].map((side) => Math.ceil((side * eighths) / EIGHTHS));
  let decoder: ImageDecoder | undefined;
  try {
    decoder = new ImageDecoder({
      data,
      ...(isGiven && { transfer: [data.buffer] }),
      type: 'image/jpeg',
      colorSpaceConversion: isConverted ? 'default' : 'none',
      // Both at once: of the two, Chromium takes the product, as the most pixels.
      desiredWidth: width!,
      desiredHeight: height!,
    });
    const { image } = await decoder.decode();
    if (image.codedWidth === width && image.codedHeight === height) return image;
    if (image.codedWidth === size.width) scales = false;
    image.close();
    return undefined;
  } catch {
    return undefined;
  } finally {
    decoder?.close();
  }
}
