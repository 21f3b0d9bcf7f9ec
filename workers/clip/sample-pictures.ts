import { Failure } from '../../src/core/failure';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import type { PictureBatch } from '../../src/engine/pictures';
import { decodePicture } from '../../src/image/decode';
import { preprocessSource } from '../../src/image/preprocess';
import type { FetchOwn } from '../sources/built-in-models';

/** Pictures of the sample album, of different kinds. */
export const SAMPLE_PICTURES: readonly string[] = [
  '001',
  '023',
  '045',
  '067',
  '089',
  '111',
  '133',
  '154',
].map((number) => `album/album-${number}.webp`);

/** The sample pictures, prepared for a tower with these settings. @throws NetworkFailed */
export async function samplePictures(
  settings: PreprocessSettings,
  fetchOwn: FetchOwn,
): Promise<PictureBatch> {
  const [height, width] = settings.size;
  const area = 3 * height * width;
  const data = new Uint8Array(SAMPLE_PICTURES.length * area);
  for (const [at, path] of SAMPLE_PICTURES.entries()) {
    const picture = await decodePicture(await bytesOf(path, fetchOwn));
    data.set(preprocessSource(picture, settings), at * area);
    picture.close();
  }
  return { count: SAMPLE_PICTURES.length, height, width, data };
}

async function bytesOf(path: string, fetchOwn: FetchOwn): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetchOwn(path).catch((error: unknown) => {
    throw new Failure('NetworkFailed', `${path} could not be fetched.`, { cause: error });
  });
  if (!answer.ok) throw new Failure('NetworkFailed', `${path} answered ${answer.status}.`);
  return new Uint8Array(await answer.arrayBuffer());
}
