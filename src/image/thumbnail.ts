/** Thumbnails for the grid. They are for display only, so the browser's scaling is good enough. */
import type { DecodedPicture } from './picture';

/** Maximum length of a panorama's thumbnail, in multiples of `edge`. */
const MAX_LENGTH = 4;

const QUALITY = 0.8;

/**
 * A JPEG of the picture, with a shorter side of `edge` pixels, or less if the picture is smaller or very long.
 */
// Why not WebP: it is a quarter smaller, but takes nine times as long to encode, longer than decoding the photo.
export async function thumbnailOf(picture: DecodedPicture, edge: number): Promise<Blob> {
  const canvas = await picture.scaled(...thumbnailSize(picture.full.width, picture.full.height, edge));
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

/** `[width, height]` in pixels, 1 or more, with the picture's aspect ratio up to rounding. */
export function thumbnailSize(width: number, height: number, edge: number): [width: number, height: number] {
  const scale = thumbnailScale(width, height, edge);
  return [Math.max(Math.round(width * scale), 1), Math.max(Math.round(height * scale), 1)];
}

/** Pixels of a thumbnail for each of the picture, along both axes. */
export function thumbnailScale(width: number, height: number, edge: number): number {
  return Math.min(1, edge / Math.min(width, height), (edge * MAX_LENGTH) / Math.max(width, height));
}
