import type { ImageTower } from '../clip/towers';
import { failureName } from '../core/failure';
import type { OpenedBackend } from './backends';
import { LONGEST_RUN, MOST_PICTURES } from './batch-sizer';
import type { TowerSource } from './model-source';
import type { Platform } from './platform';
import { modelKey } from './trust';

/** How much more a second a larger batch must give, to be worth that a query waits longer. */
const GAIN = 1.05;

/**
 * The pictures a run that a GPU computes fastest, a power of two, measured once for each model, adapter, browser and build;
 * undefined without a hardware GPU.
 *
 * Why when a model is loaded: a GPU compiles its shaders anew for every number, so that what runs learn on their way
 * would stop for each size, and the times of those stops would teach them wrong.
 * @param image the model's tower, which was checked
 */
export async function gpuBatch(
  image: ImageTower,
  source: TowerSource,
  opened: OpenedBackend,
  platform: Platform,
): Promise<number | undefined> {
  // A software adapter is for checks, and slow enough without this.
  if (opened.gpu === undefined || opened.gpu.fallback || platform.gpu === undefined) return undefined;
  const { passed } = platform.gpu;
  const model = modelKey(source, opened, platform.gpu);
  const keyOf = (size: number) => `batch | ${model} | ${size}`;
  const sizes = Array.from({ length: Math.log2(MOST_PICTURES.webgpu) + 1 }, (_, power) => 2 ** power);
  for (const size of sizes) if (await passed.has(keyOf(size))) return size;
  const [height, width] = source.architecture.vision.imageSize;
  let [best, rate] = [1, 0];
  try {
    for (const size of sizes) {
      const pixels = new Float32Array(size * 3 * height * width);
      // Compiles.
      await image.encode(pixels, size);
      const began = platform.now();
      await image.encode(pixels, size);
      const took = Math.max(platform.now() - began, 0.001);
      if (took > LONGEST_RUN) break;
      if (size / took > GAIN * rate) [best, rate] = [size, size / took];
    }
  } catch (error) {
    // A smaller batch has room.
    if (failureName(error) !== 'OutOfMemory') throw error;
  }
  await passed.add(keyOf(best));
  return best;
}
