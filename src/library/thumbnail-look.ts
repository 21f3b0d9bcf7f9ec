import type { PhotoKey } from '../core/photo-key';
import { agree, LOOK_SIDE, LOOK_VIEWS, lookOf, type Look } from '../search/duplicates/look';

/** The look of a thumbnail; undefined for one that is flat, or that a worker cannot decode. */
async function thumbnailLook(thumbnail: Blob): Promise<Look | undefined> {
  try {
    const bitmap = await createImageBitmap(thumbnail);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(LOOK_SIDE, LOOK_SIDE).getContext('2d', { willReadFrequently: true });
    if (!context) return undefined;
    context.imageSmoothingQuality = 'high';
    const views = LOOK_VIEWS.map(([left, top, right, bottom]) => {
      const part = [left * width, top * height, (right - left) * width, (bottom - top) * height] as const;
      context.drawImage(bitmap, ...part, 0, 0, LOOK_SIDE, LOOK_SIDE);
      return context.getImageData(0, 0, LOOK_SIDE, LOOK_SIDE).data;
    });
    bitmap.close();
    return lookOf(views);
  } catch {
    return undefined;
  }
}

/**
 * Compares the looks of photos by their thumbnails, each of which is read once. A photo without a thumbnail looks like
 * none.
 */
export function comparer(
  thumbnails: (keys: readonly PhotoKey[]) => Promise<ReadonlyMap<PhotoKey, Blob>>,
): (a: { readonly key: PhotoKey }, b: { readonly key: PhotoKey }) => Promise<boolean> {
  const looks = new Map<PhotoKey, Promise<Look | undefined>>();
  const look = async (key: PhotoKey) => {
    const thumbnail = (await thumbnails([key])).get(key);
    return thumbnail && thumbnailLook(thumbnail);
  };
  const lookOnce = (key: PhotoKey) => {
    const known = looks.get(key) ?? look(key);
    looks.set(key, known);
    return known;
  };
  return async (a, b) => agree(await lookOnce(a.key), await lookOnce(b.key));
}
