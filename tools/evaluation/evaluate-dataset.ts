import { messageOf } from '../../src/core/failure';
import type { UnitRows } from '../../src/core/unit-rows';
import type { Box, Dataset } from '../../src/datasets/dataset';
import type { Raster } from '../../src/image/raster';
import type { DatasetRun } from '../../workers/evaluation/dataset-run';
import type { EvaluatedModel } from './model';
import { decodeFile } from '../../src/package/node-picture';

/** Pictures decoded and embedded at once, and texts. */
const PICTURES = 64;
const TEXTS = 512;

/** What is done of what, if that is known. */
export type OnDone = (what: 'pictures' | 'texts', done: number, total: number | undefined) => void;

/** Embeds all pictures of a run that are not yet. @throws what the data set's `samples` throws */
export async function embedPictures(run: DatasetRun, model: EvaluatedModel, onDone: OnDone): Promise<void> {
  const { dataset } = run;
  for (let batch = await run.next(PICTURES); batch; batch = await run.next(PICTURES)) {
    const decoded = await Promise.all(
      batch.pictures.map(({ bytes, box }) => decodePart(bytes, box).catch(messageOf)),
    );
    const pictures = decoded.filter((one) => typeof one !== 'string');
    const rows = await embed(model, pictures, dataset);
    await run.add(
      batch.number,
      rows,
      decoded.map((one) => (typeof one === 'string' ? one : undefined)),
    );
    onDone('pictures', run.done, dataset.count);
  }
}

/** Embeds all texts of a run that are not yet. */
export async function embedTexts(run: DatasetRun, model: EvaluatedModel, onDone: OnDone): Promise<void> {
  for (let next = await run.nextTexts(TEXTS); next; next = await run.nextTexts(TEXTS)) {
    await run.addTexts(await model.encodeTexts(next.texts));
    onDone('texts', next.done, next.total);
  }
}

async function embed(
  model: EvaluatedModel,
  pictures: readonly Raster[],
  { preprocess }: Dataset,
): Promise<UnitRows> {
  if (pictures.length === 0) return { count: 0, dim: 0, data: new Float32Array(0) };
  return model.encodePictures(pictures, preprocess);
}

/** A picture or the part of it in a box, as far as it reaches into the picture. */
async function decodePart(bytes: Uint8Array, box: Box | undefined): Promise<Raster> {
  const picture = await decodeFile(bytes);
  if (box === undefined) return picture;
  const { channels, data } = picture;
  const width = Math.min(box.width, picture.width - box.left);
  const height = Math.min(box.height, picture.height - box.top);
  if (width <= 0 || height <= 0) throw new RangeError('the box lies outside the picture');
  const part = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((box.top + row) * picture.width + box.left) * channels;
    part.set(data.subarray(from, from + width * channels), row * width * channels);
  }
  return { ...picture, width, height, data: part };
}
