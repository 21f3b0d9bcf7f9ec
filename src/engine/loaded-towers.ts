import { openImageTower, openTextTower, type Runtime, type TowerWeights } from '../clip/towers';
import { Failure, failureName } from '../core/failure';
import type { GpuResize } from '../image/gpu-resize';
import { findFeatures, openStep, reasonOf, runsOnOf, type OpenedBackend } from './backends';
import { untilLost } from './device-loss';
import { gpuBatch } from './gpu-batch';
import type { Int8Verdict } from './int8-judge';
import { int8Plans, whyNoInt8, type Int8Plans, type JudgedSource } from './int8-plans';
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
  source: JudgedSource,
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
      opened = await openStep(step, platform, source.architecture.vision.family);
      if (step.backend === 'wasm') {
        const plans = options.arithmetic === 'auto' ? await judged(source, opened, platform, onProgress) : {};
        const reasons = [noGpu, whyNoInt8(plans)].filter((one) => one !== undefined);
        const how = { reason: reasons.join('; ') || undefined, ...(plans && { plans }) };
        return await openBoth(opened, source, platform, how, onProgress);
      }
      const how = isHalf(step) ? {} : { reason: noHalf };
      return await openBoth(opened, source, platform, how, onProgress);
    } catch (error) {
      if (at === ladder.length - 1) throw error;
      noGpu = reasonOf(error);
      if (opened && isHalf(step) && failureName(error) === 'SelfCheckFailed') noHalf = NO_HALF;
    }
  }
  throw new Failure('BackendUnavailable', 'No backend could be opened.');
}

/** How the towers may run in int8; undefined if the sample pictures do not arrive. */
async function judged(
  source: JudgedSource,
  { runtime }: OpenedBackend,
  { int8 }: Platform,
  onProgress: (progress: OpeningProgress) => void,
): Promise<Int8Plans | undefined> {
  if (int8 === undefined) return {};
  let [done, total] = [0, 0];
  const tell = () => onProgress({ stage: 'checking', done, total });
  const steps = {
    expect(runs: number) {
      total += runs;
      tell();
    },
    done() {
      done++;
      tell();
    },
  };
  try {
    return await int8Plans(source, runtime, int8, steps);
  } catch (error) {
    if (failureName(error) === 'NetworkFailed') return undefined;
    throw error;
  }
}

/** How the towers run, and what is told of it. */
interface How {
  /** As in `RunsOn`. */
  readonly reason?: string | undefined;
  readonly plans?: Int8Plans;
}

/**
 * The towers of `source` on `opened`, each opened on first use, without any check.
 * @param together whether both may be open at once
 */
export function towersOn(
  opened: OpenedBackend,
  source: TowerSource,
  together: boolean,
  { reason, plans = {} }: How = {},
): LoadedTowers {
  const { gpu } = opened;
  const runtimeOf = (verdict: Int8Verdict | undefined): Runtime =>
    verdict?.plan ? { ...opened.runtime, arithmetic: 'int8' } : opened.runtime;
  const { vision, text: textArchitecture } = source.architecture;
  const whileAlive = untilLost(gpu?.lost);
  const pair = towerPair(
    {
      image: async () => {
        const tower = await openImageTower(
          runtimeOf(plans.image),
          vision,
          source.image,
          plans.image?.plan ?? undefined,
        );
        return { ...tower, encode: (...given) => whileAlive(tower.encode(...given)) };
      },
      text: async () => {
        const tower = await openTextTower(
          runtimeOf(plans.text),
          textArchitecture,
          requireText(source),
          plans.text?.plan ?? undefined,
        );
        return { ...tower, encode: (ids, count) => whileAlive(tower.encode(ids, count)) };
      },
    },
    together,
  );
  return {
    runsOn: runsOnOf(opened, reason, plans),
    image: () => whileAlive(pair.image()),
    text: () => whileAlive(pair.text()),
    areBothOpen: () => pair.areBothOpen(),
    release: () => pair.release().finally(() => gpu?.device.destroy()),
  };
}

async function openBoth(
  opened: OpenedBackend,
  source: TowerSource,
  platform: Platform,
  how: How,
  onProgress: (progress: OpeningProgress) => void,
): Promise<LoadedTowers> {
  const together = fitTogether(source, platform.gibibytes);
  const towers = towersOn(opened, source, together, how);
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
