import type { TextArchitecture } from '../clip/architecture';
import { checkPicture } from '../clip/self-check';
import { Failure } from '../core/failure';
import type { LoadedTowers } from './loaded-towers';
import type { TowerSource } from './model-source';
import type { Platform } from './platform';

/** How far from 1 the length of an embedding may be; half precision rounds to 11 bits. */
const LENGTH_TOLERANCE = 0.01;

/**
 * Checks embeddings, `[count, dim]` row-major, as a tower gives them.
 *
 * Why every run: finite weights can still overflow, for some inputs or all, and then every photo would match alike.
 * @param what the tower, as the subject of the message: "The image tower"
 * @throws WeightsUnusable unless every row is finite and of length 1
 */
export function requireSound(what: string, rows: Float32Array, dim: number): void {
  for (let start = 0; start < rows.length; start += dim) {
    let square = 0;
    for (let at = start; at < start + dim; at++) square += rows[at]! ** 2;
    const length = Math.sqrt(square);
    if (Math.abs(length - 1) <= LENGTH_TOLERANCE) continue;
    const found = Number.isFinite(length) ? `of length ${length.toPrecision(2)} instead of 1` : 'not finite';
    throw new Failure('WeightsUnusable', `${what} of this model gives embeddings that are ${found}.`);
  }
}

/**
 * Encodes a fixed picture, and a fixed text if that tower can stay open too; once for each model, as far as the browser
 * remembers.
 * @param withText whether the text tower is there and fits beside the image tower
 * @throws WeightsUnusable, and what the towers throw
 */
export async function checkSound(
  towers: LoadedTowers,
  { id, precision, architecture: { vision, text } }: TowerSource,
  withText: boolean,
  platform: Platform,
): Promise<void> {
  const passed = platform.gpu?.passed;
  const key = [id, precision, withText ? 'both towers sound' : 'image tower sound'].join(' | ');
  if (await passed?.has(key)) return;
  const image = await towers.image();
  requireSound('The image tower', await image.encode(checkPicture(vision), 1), vision.outputDim);
  if (withText) {
    const tower = await towers.text();
    requireSound('The text tower', await tower.encode(checkText(text), 1), text.outputDim);
  }
  await passed?.add(key);
}

/** The ids of a fixed text, `[1, contextLength]`; the last is one that any pooling finds. */
function checkText({ contextLength, vocabSize, pool, eosId }: TextArchitecture): Int32Array {
  const ids = Int32Array.from({ length: contextLength }, (_, at) => at % vocabSize);
  ids[contextLength - 1] = pool === 'eos' ? eosId : vocabSize - 1;
  return ids;
}
