/** Thumbnails for the grid. They are for display only, so the browser's scaling is good enough. */
import type { DecodedPicture } from './picture';

/** Maximum length of a panorama's thumbnail, in multiples of `edge`. */
const MAX_LENGTH = 4;

const QUALITY = 0.8;

/** Sides of a frame, in multiples of a thumbnail's, with which it is a thumbnail by itself. */
const AS_IT_IS = { least: 0.8, most: 1.2 } as const;

/** That of the last thumbnail, while no other is made. */
let spare: OffscreenCanvas | undefined;

/**
 * A JPEG of the picture, with a shorter side of `edge` pixels, or less if the picture is smaller or very long. A frame
 * that is about as large is taken as it is.
 */
// Why: to scale a frame takes as long as to encode it, and a frame of the next size takes half as long again to decode.
// Why one canvas for all: to make one takes as long as to encode what is on it, which is copied at once.
// Why not WebP: it is a quarter smaller, but takes nine times as long to encode, longer than decoding the photo.
export async function thumbnailOf(picture: DecodedPicture, edge: number): Promise<Blob> {
  const [width, height] = thumbnailSize(picture.full.width, picture.full.height, edge);
  const times = picture.width / width;
  const isOwn = picture.isScaled && times >= AS_IT_IS.least && times <= AS_IT_IS.most;
  const onto = spare;
  spare = undefined;
  const canvas = await (isOwn
    ? picture.scaled(picture.width, picture.height, onto)
    : picture.scaled(width, height, onto));
  const thumbnail = canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  spare = canvas;
  return thumbnail;
}

/** `[width, height]` in pixels, 1 or more, with the picture's aspect ratio up to rounding. */
export function thumbnailSize(width: number, height: number, edge: number): [width: number, height: number] {
  const scale = thumbnailScale(width, height, edge);
  return [Math.max(Math.round(width * scale), 1), Math.max(Math.round(height * scale), 1)];
}

/** Pixels that a frame must have for each of the picture, along both axes, to make a thumbnail of. */
export function neededForThumbnail(width: number, height: number, edge: number): number {
  return AS_IT_IS.least * thumbnailScale(width, height, edge);
}

/** Pixels of a thumbnail for each of the picture, along both axes. */
function thumbnailScale(width: number, height: number, edge: number): number {
  return Math.min(1, edge / Math.min(width, height), (edge * MAX_LENGTH) / Math.max(width, height));
}
