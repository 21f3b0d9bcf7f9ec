/** Thumbnails for the grid. They are for display only, so the browser's scaling is good enough. */

/** Maximum length of a panorama's thumbnail, in multiples of `edge`. */
const MAX_LENGTH = 4;

const QUALITY = 0.8;

/**
 * A JPEG of the picture on white, with a shorter side of `edge` pixels, or less if the picture is smaller or very long.
 */
// Why not WebP: it is a quarter smaller, but takes nine times as long to encode, longer than decoding the photo.
export async function thumbnailOf(bitmap: ImageBitmap, edge: number): Promise<Blob> {
  const [width, height] = thumbnailSize(bitmap.width, bitmap.height, edge);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('the browser provided no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

/** `[width, height]` in pixels, 1 or more, with the picture's aspect ratio up to rounding. */
export function thumbnailSize(width: number, height: number, edge: number): [width: number, height: number] {
  const scale = Math.min(1, edge / Math.min(width, height), (edge * MAX_LENGTH) / Math.max(width, height));
  return [Math.max(Math.round(width * scale), 1), Math.max(Math.round(height * scale), 1)];
}
