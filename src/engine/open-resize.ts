import { CHECK_TOLERANCE } from '../clip/self-check';
import type { ImageTower } from '../clip/towers';
import type { PreprocessSettings } from '../core/preprocess-settings';
import { mulberry32 } from '../core/random';
import { largestDifference } from '../core/vectors';
import { readBack } from '../gpu/compute';
import { frameOf, normalisedInput, type Frame } from '../image/frame';
import { fit } from '../image/geometry';
import type { GpuResize } from '../image/gpu-resize';
import { sourceOf } from '../image/raster';
import type { OpenedBackend } from './backends';
import type { TowerSource } from './model-source';
import type { Platform } from './platform';
import { modelKey } from './trust';

/** A photo as it comes from a decoder that scales. */
const USUAL = [1008, 756] as const;

/** Sizes that a device must resize as the CPU does: one is made smaller, one larger. */
const CHECKED = [USUAL, [20, 33]] as const;

const ROUNDS = 3;

/**
 * What resizes frames on the tower's device; undefined if the CPU does it, since there is no GPU, or it gave other
 * numbers, or took longer. Decided once for each model, adapter, browser and build.
 * @param image the model's tower, which was checked
 */
export async function openResize(
  image: ImageTower,
  source: TowerSource,
  opened: OpenedBackend,
  platform: Platform,
): Promise<GpuResize | undefined> {
  const { gpu, runtime } = opened;
  if (gpu === undefined || platform.gpu === undefined) return undefined;
  const { passed } = platform.gpu;
  const { preprocess } = source.architecture;
  const model = modelKey(source, opened, platform.gpu);
  const [onGpu, onCpu] = [`resize | ${model} | GPU`, `resize | ${model} | CPU`];
  if (await passed.has(onCpu)) return undefined;
  let resize: GpuResize | undefined;
  try {
    // Only where it is used: plain Node, in which tools run the engine, imports no shader.
    const { GpuResize: Opened } = await import('../image/gpu-resize');
    resize = await Opened.open(gpu.device, preprocess);
    if (await passed.has(onGpu)) return resize;
    const isEqual =
      (await givesSameInput(resize, gpu.device, preprocess)) &&
      (await givesSameRow(resize, image, preprocess, CHECK_TOLERANCE[runtime.arithmetic ?? 'fp32']));
    if (isEqual && (await isFaster(resize, gpu.device, preprocess, platform))) {
      await passed.add(onGpu);
      return resize;
    }
    await passed.add(onCpu);
  } catch {
    // A lost device makes itself known at its next use; one that does not resize still runs the tower.
  }
  resize?.destroy();
  return undefined;
}

/** Whether the device gives the tower's input to the bit. */
async function givesSameInput(
  resize: GpuResize,
  device: GPUDevice,
  settings: PreprocessSettings,
): Promise<boolean> {
  const frames = CHECKED.map((size) => noiseFrame(size, settings));
  const input = await readBack(device, await resize.input(frames, frames.length));
  return largestDifference(new Float32Array(input), normalisedInput(frames, settings)) === 0;
}

/** Whether the tower reads the device's own buffer as it reads numbers that it is given. */
async function givesSameRow(
  resize: GpuResize,
  image: ImageTower,
  settings: PreprocessSettings,
  tolerance: number,
): Promise<boolean> {
  const frames = [noiseFrame(USUAL, settings)];
  const computed = await image.encode(await resize.input(frames, image.batchOf(1)), 1);
  const expected = await image.encode(normalisedInput(frames, settings), 1);
  return largestDifference(computed, expected) <= tolerance;
}

/** Whether frames take no longer on the device than on the CPU, in turns. */
async function isFaster(
  resize: GpuResize,
  device: GPUDevice,
  settings: PreprocessSettings,
  { now }: Platform,
): Promise<boolean> {
  const frames = Array.from({ length: 4 }, () => noiseFrame(USUAL, settings));
  let [onDevice, onHost] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const began = now();
    await resize.input(frames, frames.length);
    await device.queue.onSubmittedWorkDone();
    const turned = now();
    normalisedInput(frames, settings);
    onDevice = Math.min(onDevice, turned - began);
    onHost = Math.min(onHost, now() - turned);
  }
  return onDevice <= onHost;
}

/** A frame of noise, the same each time. */
function noiseFrame([width, height]: readonly [number, number], settings: PreprocessSettings): Frame {
  const random = mulberry32(width);
  const data = Uint8Array.from({ length: width * height * 4 }, () => Math.floor(random() * 256));
  const source = sourceOf({ width, height, channels: 4, data });
  return frameOf(source, fit(width, height, settings), settings);
}
