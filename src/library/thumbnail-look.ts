import type { PhotoKey } from '../core/photo-key';
import { agree, LOOK_SIDE, LOOK_VIEWS, lookOf, type Look } from '../search/duplicates/look';

/** A look that is not known: there is no thumbnail, or this thread cannot decode it. */
const UNSEEN = 'unseen';

/** The look of a thumbnail; undefined for one that is flat. */
async function thumbnailLook(thumbnail: Blob): Promise<Look | typeof UNSEEN | undefined> {
  try {
    const bitmap = await createImageBitmap(thumbnail);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(LOOK_SIDE, LOOK_SIDE).getContext('2d', { willReadFrequently: true });
    if (!context) return UNSEEN;
    context.imageSmoothingQuality = 'high';
    const views = LOOK_VIEWS.map(([left, top, right, bottom]) => {
      const part = [left * width, top * height, (right - left) * width, (bottom - top) * height] as const;
      context.drawImage(bitmap, ...part, 0, 0, LOOK_SIDE, LOOK_SIDE);
      return context.getImageData(0, 0, LOOK_SIDE, LOOK_SIDE).data;
    });
    bitmap.close();
    return lookOf(views);
  } catch {
    return UNSEEN;
  }
}

/**
 * Compares the looks of photos by their thumbnails, each of which is read once. What cannot be looked at agrees, so that
 * the embeddings alone decide.
 */
export function comparer(
  thumbnails: (keys: readonly PhotoKey[]) => Promise<ReadonlyMap<PhotoKey, Blob>>,
): (a: { readonly key: PhotoKey }, b: { readonly key: PhotoKey }) => Promise<boolean> {
  const looks = new Map<PhotoKey, ReturnType<typeof thumbnailLook>>();
  const look = async (key: PhotoKey) => {
    const thumbnail = (await thumbnails([key])).get(key);
    return thumbnail ? thumbnailLook(thumbnail) : UNSEEN;
  };
  const lookOnce = (key: PhotoKey) => {
    const known = looks.get(key) ?? look(key);
    looks.set(key, known);
    return known;
  };
  return async (a, b) => {
    const [one, other] = [await lookOnce(a.key), await lookOnce(b.key)];
    return one === UNSEEN || other === UNSEEN || agree(one, other);
  };
}
