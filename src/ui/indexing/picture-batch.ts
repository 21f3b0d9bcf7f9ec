import type { LoadedModel, PictureBatch } from '../../../workers/api';
import type { Reading } from '../../library/records';

/** A photo ready for the image tower: RGB bytes of the size its model asks for. */
export interface Prepared {
  readonly id: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly reading: Reading;
  /** Its small copy; absent where one is kept already. */
  readonly thumbnail: Blob | undefined;
}

/** The pictures of a batch end to end, as the model worker takes them. */
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
