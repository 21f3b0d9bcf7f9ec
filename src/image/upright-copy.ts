import { groundedCanvas } from './ground';
import { uprightSize, uprightTransform } from './orientation';
import type { Size } from './picture';

/**
 * An opaque copy, `width` x `height` pixels, of a picture that is stored in `image`, turned upright.
 * @param stored the size that the picture has in `image`, which may reach beyond it
 * @param onto as in `groundedCanvas`
 */
export function uprightCopy(
  image: ImageBitmap | VideoFrame,
  stored: Size,
  orientation: number,
  ground: string,
  width: number,
  height: number,
  onto?: OffscreenCanvas,
): OffscreenCanvas {
  const { canvas, context } = groundedCanvas(width, height, ground, onto);
  context.imageSmoothingQuality = 'high';
  const [fullWidth, fullHeight] = uprightSize(stored.width, stored.height, orientation);
  context.scale(width / fullWidth, height / fullHeight);
  context.transform(...uprightTransform(stored.width, stored.height, orientation));
  context.drawImage(image, 0, 0);
  return canvas;
}
