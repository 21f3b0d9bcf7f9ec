import { failureName, messageOf } from '../core/failure';
import type { PreprocessSettings } from '../core/preprocess-settings';
import type { Engine } from '../engine/engine';
import type { PictureEmbeddings, PictureFailure } from './model';

/** Pictures prepared at once. */
const BATCH = 8;

/**
 * Prepares pictures and embeds them, a few at a time.
 * @param prepare gives RGB bytes of the model's size, `[height, width, 3]`; what it throws fails that picture alone
 * @throws as `Engine.encodeImages`
 */
export async function encodePictures<Picture>(
  engine: Pick<Engine, 'encodeImages'>,
  settings: PreprocessSettings,
  dim: number,
  pictures: readonly Picture[],
  prepare: (picture: Picture) => Promise<Uint8Array>,
): Promise<PictureEmbeddings> {
  const [height, width] = settings.size;
  const size = height * width * 3;
  const rows = new Float32Array(pictures.length * dim);
  const failures: PictureFailure[] = [];
  for (let first = 0; first < pictures.length; first += BATCH) {
    const batch = pictures.slice(first, first + BATCH);
    const data = new Uint8Array(batch.length * size);
    const places: number[] = [];
    for (const [at, picture] of batch.entries()) {
      try {
        data.set(await prepare(picture), places.length * size);
        places.push(first + at);
      } catch (error) {
        const name = failureName(error) ?? 'PictureUnreadable';
        failures.push({ index: first + at, name, message: messageOf(error) });
      }
    }
    if (places.length === 0) continue;
    const ready = data.subarray(0, places.length * size);
    const made = await engine.encodeImages({ count: places.length, height, width, data: ready });
    for (const [at, place] of places.entries()) {
      rows.set(made.data.subarray(at * dim, (at + 1) * dim), place * dim);
    }
  }
  return { count: pictures.length, dim, data: rows, failures };
}
