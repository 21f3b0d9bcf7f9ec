import { openImageTower, openTextTower, type TowerWeights } from '../clip/towers';
import { Failure } from '../core/failure';
import type { GpuResize } from '../image/gpu-resize';
import { findFeatures, openStep, reasonOf, runsOnOf, type OpenedBackend } from './backends';
import { untilLost } from './device-loss';
import { ladderOf, whyNoGpu } from './ladder';
import { fitTogether } from './memory-budget';
import { openResize } from './open-resize';
import type { TowerSource } from './model-source';
import type { Platform } from './platform';
import type { LoadOptions, RunsOn } from './runs-on';
import { towerPair, type TowerPair } from './tower-pair';
import { checkModel } from './trust';

/** A model's two towers on one backend. Their methods reject with DeviceLost once the GPU is lost. */
export interface LoadedTowers extends TowerPair {
  readonly runsOn: RunsOn;
  /** Resizes frames on the image tower's device; absent if the CPU does it. */
  readonly resize?: GpuResize;
}

/** Progress of opening the towers. */
export interface OpeningProgress {
  readonly stage: 'checking' | 'compiling';
  readonly done: number;
  readonly total: number;
}

/**
 * Opens the image tower, and the text tower if both fit in memory, stepping down the ladder until a backend has room
 * for them and computes correctly.
 * @throws OutOfMemory, BackendUnavailable if even wasm fails
 */
export async function loadTowers(
  source: TowerSource,
  options: LoadOptions,
  platform: Platform,
  onProgress: (progress: OpeningProgress) => void = () => undefined,
): Promise<LoadedTowers> {
  const features = await findFeatures(options, platform);
  const ladder = ladderOf(options, source.precision, features);
  let reason = whyNoGpu(options.backend, features);
  for (const [at, step] of ladder.entries()) {
    try {
      onProgress({ stage: 'checking', done: 0, total: 1 });
      return await openBoth(await openStep(step, platform), source, platform, reason, onProgress);
    } catch (error) {
      if (at === ladder.length - 1) throw error;
      reason = reasonOf(error);
    }
  }
  throw new Failure('BackendUnavailable', 'No backend could be opened.');
}

/**
 * The towers of `source` on `opened`, each opened on first use, without any check.
 * @param together whether both may be open at once
 * @param reason as in `RunsOn`
 */
export function towersOn(
  opened: OpenedBackend,
  source: TowerSource,
  together: boolean,
  reason?: string,
): LoadedTowers {
  const { runtime, gpu } = opened;
  const { vision, text: textArchitecture } = source.architecture;
  const whileAlive = untilLost(gpu?.lost);
  const pair = towerPair(
    {
      image: async () => {
        const tower = await openImageTower(runtime, vision, source.image);
        return { ...tower, encode: (pixels, count) => whileAlive(tower.encode(pixels, count)) };
      },
      text: async () => {
        const tower = await openTextTower(runtime, textArchitecture, requireText(source));
        return { ...tower, encode: (ids, count) => whileAlive(tower.encode(ids, count)) };
      },
    },
    together,
  );
  return {
    runsOn: runsOnOf(opened, reason),
    image: () => whileAlive(pair.image()),
    text: () => whileAlive(pair.text()),
    release: () => pair.release().finally(() => gpu?.device.destroy()),
  };
}

async function openBoth(
  opened: OpenedBackend,
  source: TowerSource,
  platform: Platform,
  reason: string | undefined,
  onProgress: (progress: OpeningProgress) => void,
): Promise<LoadedTowers> {
  const together = fitTogether(source, platform.gibibytes);
  const towers = towersOn(opened, source, together, reason);
  try {
    onProgress({ stage: 'compiling', done: 0, total: 2 });
    const image = await towers.image();
    onProgress({ stage: 'compiling', done: 1, total: 2 });
    await checkModel(image, source, opened, platform);
    const resize = await openResize(image, source, opened, platform);
    if (together && source.text !== undefined) await towers.text();
    onProgress({ stage: 'compiling', done: 2, total: 2 });
    return { ...towers, ...(resize && { resize }) };
  } catch (error) {
    // Report the original failure.
    await towers.release().catch(() => undefined);
    throw error;
  }
}

/** @throws TowerMissing until the text tower has arrived */
function requireText(source: TowerSource): TowerWeights {
  if (source.text !== undefined) return source.text;
  throw new Failure('TowerMissing', `The text tower of ${source.name} is not here yet.`);
}
