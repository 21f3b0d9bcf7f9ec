import type { PreprocessSettings } from '../core/preprocess-settings';
import { inputScale } from './geometry';
import type { Size } from './picture';
import { neededForThumbnail } from './thumbnail';

/** Pixels of a frame for each that the tower's input has, along each axis. */
// Why two: a JPEG decoder scales with a rougher filter than bicubic, which needs pixels to choose from. Of the built-in
// models the worst cosine to the whole picture is 0.9999 with two, 0.9993 with one and a half, 0.995 with one
// (`npm run bench -- decode`), and other models may be more sensitive.
export const MARGIN = 2;

/**
 * Pixels that are needed for each of a picture's own: `margin` times those of the tower's input, and those of the
 * thumbnail, if `thumbnailEdge` is more than 0.
 */
export function neededScale(
  picture: Size,
  settings: PreprocessSettings,
  thumbnailEdge: number,
  margin = MARGIN,
): number {
  const ofThumbnail =
    thumbnailEdge > 0 ? neededForThumbnail(picture.width, picture.height, thumbnailEdge) : 0;
  return Math.max(margin * inputScale(picture, settings), ofThumbnail);
}
