import type { ImageFamilyName } from '../clip/families/image-families';
import {
  CHECK_TOLERANCE,
  CHECK_TOWERS,
  checkPicture,
  checkTowers,
  familyTowers,
  type CheckTower,
} from '../clip/self-check';
import { openImageTower, type ImageTower, type Runtime, type TextTower } from '../clip/towers';
import { Failure, failureName } from '../core/failure';
import { largestDifference } from '../core/vectors';
import type { TowerSource } from './model-source';
import type { GpuPlatform, Platform } from './platform';

/** What is checked: a runtime on an adapter. */
interface Checked {
  /** Name of the adapter. */
  readonly device: string;
  readonly runtime: Runtime;
}

/** What identifies a model on a runtime, an adapter, a browser and a build, in what is remembered of it. */
export function modelKey(
  { id, precision }: TowerSource,
  { device, runtime }: Checked,
  { name }: GpuPlatform,
): string {
  return [id, precision, runtime.arithmetic ?? 'fp32', device, name].join(' | ');
}

/**
 * Runs the self-check towers up to the first wrong one, once for each adapter, arithmetic, use of subgroups, browser and
 * build; then likewise those of a family of image towers.
 * @throws SelfCheckFailed
 */
export async function checkDevice(
  checked: Checked,
  subgroups: boolean,
  gpu: GpuPlatform,
  family?: ImageFamilyName,
): Promise<void> {
  await checkOnce('self-check', CHECK_TOWERS, checked, subgroups, gpu);
  if (family === undefined) return;
  await checkOnce(`self-check for ${family}`, familyTowers(family), checked, subgroups, gpu);
}

async function checkOnce(
  what: string,
  towers: readonly CheckTower[],
  { device, runtime }: Checked,
  subgroups: boolean,
  { passed, name, expectedEmbeddings }: GpuPlatform,
): Promise<void> {
  const arithmetic = runtime.arithmetic ?? 'fp32';
  const key = [what, arithmetic, subgroups ? 'subgroups' : 'no subgroups', device, name].join(' | ');
  if (towers.length === 0 || (await passed.has(key))) return;
  const expected = await expectedEmbeddings();
  for await (const [tower, embeddings] of checkTowers(runtime, towers)) {
    const difference = largestDifference(embeddings, expected[tower] ?? []);
    if (difference > CHECK_TOLERANCE[arithmetic]) {
      throw new Failure('SelfCheckFailed', `The self-check differs by ${difference.toPrecision(2)}.`);
    }
  }
  await passed.add(key);
}

/**
 * Compares the embedding of a fixed picture with wasm's, once for each model, adapter, browser and build. If the
 * weights do not fit in wasm, the self-check towers must suffice.
 * @param image the model's own tower on `runtime`; on wasm nothing is compared
 * @throws SelfCheckFailed
 */
export async function checkModel(
  image: ImageTower,
  source: TowerSource,
  checked: Checked,
  platform: Platform,
): Promise<void> {
  const { runtime } = checked;
  if (runtime.provider.name === 'wasm' || platform.gpu === undefined) return;
  const { passed } = platform.gpu;
  const arithmetic = runtime.arithmetic ?? 'fp32';
  const key = modelKey(source, checked, platform.gpu);
  if (await passed.has(key)) return;
  const picture = checkPicture(source.architecture.vision);
  const computed = await image.encode(picture, 1);
  if (arithmetic === 'fp16') requireInRange('image', computed);
  const expected = await onWasm(source, picture, platform);
  if (expected === undefined) return;
  const difference = largestDifference(computed, expected);
  if (difference > CHECK_TOLERANCE[arithmetic]) {
    throw new Failure(
      'SelfCheckFailed',
      `A fixed picture differs from wasm by ${difference.toPrecision(2)}.`,
    );
  }
  await passed.add(key);
}

/**
 * Why half precision is watched: it ends at 65,504, and the residual stream of large towers, which every layer adds to,
 * can grow beyond. What overflows there makes every later number NaN. A tower can also overflow for some inputs alone, so
 * every run is watched, by `Engine`.
 * @throws SelfCheckFailed
 */
function requireInRange(tower: 'image' | 'text', row: Float32Array): void {
  if (row.every(Number.isFinite)) return;
  throw new Failure('SelfCheckFailed', `In half precision the ${tower} tower overflows.`);
}

/** Watches the text tower as `checkModel` does the image tower. @throws SelfCheckFailed */
export async function checkText(
  text: TextTower,
  { architecture: { text: architecture } }: TowerSource,
  { arithmetic }: Runtime,
): Promise<void> {
  if (arithmetic !== 'fp16') return;
  const { contextLength, vocabSize } = architecture;
  const ids = Int32Array.from({ length: contextLength }, (_, at) => 1 + ((at * 7919) % (vocabSize - 2)));
  ids[contextLength - 1] = vocabSize - 1;
  requireInRange('text', await text.encode(ids, 1));
}

/** Under which it is remembered that half precision overflowed in a model. */
export function overflowKey({ id, precision }: TowerSource, { name }: GpuPlatform): string {
  return ['half precision overflows', id, precision, name].join(' | ');
}

/** The picture's embedding on wasm; undefined if the weights do not fit. The WebGPU build includes wasm. */
async function onWasm(
  source: TowerSource,
  picture: Float32Array,
  platform: Platform,
): Promise<Float32Array | undefined> {
  try {
    const runtime = { ort: await platform.runtime('webgpu'), provider: { name: 'wasm' } } as const;
    const tower = await openImageTower(runtime, source.architecture.vision, source.image);
    try {
      return await tower.encode(picture, 1);
    } finally {
      await tower.release();
    }
  } catch (error) {
    if (failureName(error) === 'OutOfMemory') return undefined;
    throw error;
  }
}
