import type {
  ClipApi,
  Decoding,
  Frame,
  ImageApi,
  LoadedModel,
  PictureBatch,
  PictureEmbeddings,
  PreparedFrame,
  PreparedPicture,
} from '../../../workers/api';
import type { Reading } from '../../library/records';

/** A photo for the image tower: RGB bytes at the model's input size, or a frame if the model takes frames. */
export type Prepared = PreparedPhoto &
  ({ readonly pixels: Uint8Array<ArrayBuffer> } | { readonly frame: Frame });

interface PreparedPhoto {
  readonly id: number;
  readonly decoding: Decoding;
  readonly reading: Reading;
  /** Its thumbnail; absent if one is already stored. */
  readonly thumbnail: Blob | undefined;
  /** When no row of its content was there, by `ContentsUnderWay`. */
  readonly since: number;
}

/** The concatenated pictures of a batch, for the clip worker. */
export function batchOf(
  { preprocess }: Pick<LoadedModel, 'preprocess'>,
  pictures: readonly { readonly pixels: Uint8Array<ArrayBuffer> }[],
): PictureBatch {
  const [height, width] = preprocess.size;
  const each = height * width * 3;
  const data = new Uint8Array(each * pictures.length);
  for (const [i, { pixels }] of pictures.entries()) data.set(pixels, i * each);
  return { count: pictures.length, height, width, data };
}

/** Has a file prepared as the model takes pictures. */
export function prepareFor(
  { takesFrames, preprocess, decoding }: LoadedModel,
  images: Pick<ImageApi, 'prepare' | 'prepareFrame'>,
  file: Blob,
  thumbnailEdge: number,
): Promise<PreparedPicture | PreparedFrame> {
  return takesFrames
    ? images.prepareFrame(file, preprocess, thumbnailEdge, decoding)
    : images.prepare(file, preprocess, thumbnailEdge, decoding);
}

/** The embeddings of a batch; its pictures are given away. */
export function encodeBatch(
  model: LoadedModel,
  clip: Pick<ClipApi, 'encodeImages' | 'encodeFrames'>,
  batch: readonly Prepared[],
): Promise<PictureEmbeddings> {
  const { id } = model.summary;
  if (model.takesFrames) {
    return clip.encodeFrames(
      id,
      batch.flatMap((one) => ('frame' in one ? [one.frame] : [])),
    );
  }
  const ready = batch.flatMap((one) => ('pixels' in one ? [one] : []));
  return clip.encodeImages(id, batchOf(model, ready));
}
