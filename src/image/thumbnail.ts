/** Thumbnails for the grid. They are only looked at: the browser's own scaling will do. */

/** A panorama's thumbnail is at most this many times as long as `edge`. */
const MAX_LENGTH = 4;

const QUALITY = 0.8;

/**
 * The picture over white with a shorter side of `edge` pixels, less where the picture is smaller or very long: a JPEG.
 */
// Why no WebP: it takes three quarters of the bytes, but nine times as long to write, which would be longer than to
// decode the photo.
export async function thumbnailOf(bitmap: ImageBitmap, edge: number): Promise<Blob> {
  const [width, height] = thumbnailSize(bitmap.width, bitmap.height, edge);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('the browser gives no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

/** `[width, height]` in pixels, 1 or more, of the same shape as the picture as far as whole pixels allow. */
export function thumbnailSize(width: number, height: number, edge: number): [width: number, height: number] {
  const scale = Math.min(1, edge / Math.min(width, height), (edge * MAX_LENGTH) / Math.max(width, height));
  return [Math.max(Math.round(width * scale), 1), Math.max(Math.round(height * scale), 1)];
}
