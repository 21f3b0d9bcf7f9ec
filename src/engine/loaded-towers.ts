import { openImageTower, openTextTower, type TowerWeights } from '../clip/towers';
import { Failure, failureName } from '../core/failure';
import type { GpuResize } from '../image/gpu-resize';
import { findFeatures, openStep, reasonOf, runsOnOf, type OpenedBackend } from './backends';
import { untilLost } from './device-loss';
import { gpuBatch } from './gpu-batch';
import { ladderOf, whyNoGpu, type Step } from './ladder';
import { fitTogether } from './memory-budget';
import { openResize } from './open-resize';
import type { TowerSource } from './model-source';
import type { Platform } from './platform';
import type { LoadOptions, RunsOn } from './runs-on';
import { towerPair, type TowerPair } from './tower-pair';
import { checkModel, checkText, overflowKey } from './trust';

/** A model's two towers on one backend. Their methods reject with DeviceLost once the GPU is lost. */
export interface LoadedTowers extends TowerPair {
  readonly runsOn: RunsOn;
  /** Resizes frames on the image tower's device; absent if the CPU does it. */
  readonly resize?: GpuResize;
  /** The pictures a run that were measured to be the fastest; absent where nothing was measured. */
  readonly batch?: number;
}

/** Progress of opening the towers. */
export interface OpeningProgress {
  readonly stage: 'checking' | 'compiling';
  readonly done: number;
  readonly total: number;
}

/** Why a GPU that has half precision computes a model in full, as a clause for the user. */
const NO_HALF = 'this model needs more than half precision';

function isHalf({ arithmetic }: Step): boolean {
  return arithmetic === 'fp16';
}

async function knownToOverflow(source: TowerSource, { gpu }: Platform): Promise<boolean> {
  return (await gpu?.passed.has(overflowKey(source, gpu))) === true;
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
  const steps = ladderOf(options, source.precision, features);
  const overflows = steps.some(isHalf) && (await knownToOverflow(source, platform));
  const ladder = overflows ? steps.filter((step) => !isHalf(step)) : steps;
  let noGpu = whyNoGpu(options.backend, features);
  let noHalf = overflows ? NO_HALF : undefined;
  for (const [at, step] of ladder.entries()) {
    let opened: OpenedBackend | undefined;
    try {
      onProgress({ stage: 'checking', done: 0, total: 1 });
      opened = await openStep(step, platform);
      const reason = step.backend === 'wasm' ? noGpu : isHalf(step) ? undefined : noHalf;
      return await openBoth(opened, source, platform, reason, onProgress);
    } catch (error) {
      if (at === ladder.length - 1) throw error;
      noGpu = reasonOf(error);
      if (opened && isHalf(step) && failureName(error) === 'SelfCheckFailed') noHalf = NO_HALF;
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
    const batch = await gpuBatch(image, source, opened, platform);
    if (together && source.text !== undefined) await checkText(await towers.text(), source, opened.runtime);
    onProgress({ stage: 'compiling', done: 2, total: 2 });
    return { ...towers, ...(resize && { resize }), ...(batch !== undefined && { batch }) };
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
