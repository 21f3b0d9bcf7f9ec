import { Failure } from '../core/failure';
import { mulberry32 } from '../core/random';
import { largestDifference } from '../core/vectors';
import { normalise } from '../image/preprocess';
import type { LoadedTowers } from './loaded-towers';
import type { TowerSource } from './model-source';
import type { Platform } from './platform';
import { faultOf } from './sound-rows';

/**
 * Checks embeddings, `[count, dim]` row-major, as a tower gives them.
 *
 * Why every run: finite weights can still overflow, for some inputs or all, and then every photo would match alike.
 * @param what the tower, as the subject of the message: "The image tower"
 * @throws WeightsUnusable unless every row is finite and of length 1
 */
export function requireSound(what: string, rows: Float32Array, dim: number): void {
  const found = faultOf(rows, dim);
  if (found === undefined) return;
  throw new Failure('WeightsUnusable', `${what} of this model gives embeddings that are ${found}.`);
}

/** Numbers of an embedding that differ by less are equal. */
const SAME = 1e-5;

/** Two texts with no word in common. */
const TEXTS = ['a photo of a cat', 'two red boats'] as const;

/** A tower, and what it is given to tell apart. */
interface Trial<Input> {
  /** "picture", "text" */
  readonly kind: string;
  readonly inputs: readonly Input[];
  readonly dim: number;
  encode(input: Input): Promise<Float32Array>;
}

/**
 * Encodes two pictures of noise, and two texts if that tower can stay open too; once for each model, as far as the
 * browser remembers.
 *
 * Why two: finite weights and settings can still make all inputs alike, as a scale of zeros or a deviation of 1e30 does.
 * @param idsOf tokenizes a text, if the text tower is there and fits beside the image tower
 * @throws WeightsUnusable, and what the towers throw
 */
export async function checkSound(
  towers: LoadedTowers,
  { id, precision, architecture: { vision, text, preprocess } }: TowerSource,
  idsOf: ((text: string) => Int32Array) | undefined,
  platform: Platform,
): Promise<void> {
  const passed = platform.gpu?.passed;
  const key = [id, precision, idsOf ? 'both towers sound' : 'image tower sound'].join(' | ');
  if (await passed?.has(key)) return;
  const image = await towers.image();
  const [height, width] = vision.imageSize;
  await requireTold({
    kind: 'picture',
    inputs: pictures(3 * height * width),
    dim: vision.outputDim,
    encode: (bytes) => image.encode(normalise(bytes, 1, height, width, preprocess.mean, preprocess.std), 1),
  });
  if (idsOf) {
    const tower = await towers.text();
    await requireTold({
      kind: 'text',
      inputs: TEXTS.map(idsOf),
      dim: text.outputDim,
      encode: (ids) => tower.encode(ids, 1),
    });
  }
  await passed?.add(key);
}

async function requireTold<Input>({ kind, inputs, dim, encode }: Trial<Input>): Promise<void> {
  const rows: Float32Array[] = [];
  for (const input of inputs) {
    const row = await encode(input);
    requireSound(`The ${kind === 'picture' ? 'image' : 'text'} tower`, row, dim);
    rows.push(row);
  }
  if (largestDifference(rows[0]!, rows[1]!) >= SAME) return;
  throw new Failure('WeightsUnusable', `This model gives every ${kind} the same embedding.`);
}

/** RGB noise of so many bytes, and its negative. */
function pictures(count: number): readonly Uint8Array[] {
  const random = mulberry32(7);
  const bytes = Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
  return [bytes, bytes.map((byte) => 255 - byte)];
}
