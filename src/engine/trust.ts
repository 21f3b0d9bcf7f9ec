import {
  checkPicture,
  checkTowers,
  CHECK_TOLERANCE,
  largestDifference,
  type CheckEmbeddings,
} from '../clip/self-check';
import { openImageTower, type ImageTower, type Runtime } from '../clip/towers';
import { Failure, failureName } from '../core/failure';
import type { TowerSource } from './model-source';
import type { Platform } from './platform';

/**
 * Runs the self-check towers up to the first wrong one.
 * @param expected their embeddings on wasm
 * @throws SelfCheckFailed
 */
export async function checkDevice(runtime: Runtime, expected: CheckEmbeddings): Promise<void> {
  for await (const [name, embeddings] of checkTowers(runtime)) {
    const difference = largestDifference(embeddings, expected[name]);
    if (difference > CHECK_TOLERANCE[runtime.arithmetic ?? 'fp32']) {
      throw new Failure('SelfCheckFailed', `The self-check differs by ${difference.toPrecision(2)}.`);
    }
  }
}

/**
 * Compares the embedding of a fixed picture with wasm's, once for each model, adapter and WebGPU implementation. If the
 * weights do not fit in wasm, the self-check towers must suffice.
 * @param image the model's own tower on `runtime`; on wasm nothing is compared
 * @throws SelfCheckFailed
 */
export async function checkModel(
  image: ImageTower,
  source: TowerSource,
  { device, runtime }: { readonly device: string; readonly runtime: Runtime },
  platform: Platform,
): Promise<void> {
  if (runtime.provider.name === 'wasm' || platform.gpu === undefined) return;
  const { checked, name } = platform.gpu;
  const arithmetic = runtime.arithmetic ?? 'fp32';
  const key = [source.id, source.precision, arithmetic, device, name].join(' | ');
  if (await checked.has(key)) return;
  const picture = checkPicture(source.architecture.vision);
  const computed = await image.encode(picture, 1);
  const expected = await onWasm(source, picture, platform);
  if (expected === undefined) return;
  const difference = computed.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? NaN))),
    0,
  );
  if (!(difference <= CHECK_TOLERANCE[arithmetic])) {
    throw new Failure(
      'SelfCheckFailed',
      `A fixed picture differs from wasm by ${difference.toPrecision(2)}.`,
    );
  }
  await checked.add(key);
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
