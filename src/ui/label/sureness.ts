import type { RankedLabel } from '../../zeroshot/classifier';
import type { Photo } from '../photos/photo';

/** Below this probability even the best label is a guess. */
const WEAK = 0.3;

/**
 * Whether the user should check labels (descending): the best is weak, or less than twice as likely as the second.
 * @param isGuess the model cannot know such pictures, however large the shares that it gives
 */
export function isUnsure(ranked: readonly RankedLabel[], isGuess = false): boolean {
  const [best, second] = ranked;
  if (!best || !second) return false;
  return isGuess || best.probability < WEAK || best.probability < 2 * second.probability;
}

/** Names of files as cameras and phones write them. */
const CAMERA_NAME = /\.(?:jpe?g|jpe|jfif|mpo|hei[cf])$/i;

/**
 * Whether a picture is likely a photo, not a drawing.
 *
 * Why also by its kind of file: web sites and messengers take out which camera it was. Drawings are mostly PNG, SVG, WebP
 * or GIF.
 */
export function isLikelyPhoto({ camera, name }: Pick<Photo, 'camera' | 'name'>): boolean {
  return camera !== undefined || CAMERA_NAME.test(name);
}

/** Confidence, 0..1: the lead of the best label over the second. */
export function sureness(ranked: readonly RankedLabel[]): number {
  const [best, second] = ranked;
  return best ? best.probability - (second?.probability ?? 0) : 0;
}
