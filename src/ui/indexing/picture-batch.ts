import type { Decoding, LoadedModel, PictureBatch } from '../../../workers/api';
import type { Reading } from '../../library/records';

/** A photo ready for the image tower: RGB bytes at the model's input size. */
export interface Prepared {
  readonly id: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
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
  pictures: readonly Pick<Prepared, 'pixels'>[],
): PictureBatch {
  const [height, width] = preprocess.size;
  const each = height * width * 3;
  const data = new Uint8Array(each * pictures.length);
  for (const [i, { pixels }] of pictures.entries()) data.set(pixels, i * each);
  return { count: pictures.length, height, width, data };
}
