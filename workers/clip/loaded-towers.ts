import { checkPicture, CHECK_TOLERANCE } from '../../src/clip/self-check';
import { browserRuntime } from '../../src/clip/session-browser';
import { openImageTower, openTextTower, type ImageTower, type TowerWeights } from '../../src/clip/towers';
import { Failure, failureName } from '../../src/core/failure';
import type { LoadOptions, Progress, RunsOn } from '../api';
import { attempts, reasonOf, type OpenedBackend } from './backends';
import { isRemembered, remember } from './checked-models';
import type { ModelSource } from '../sources/model-source';
import { towerPair, type TowerPair } from './tower-pair';

/** A model's two towers on the best backend that proved right. */
export interface LoadedTowers extends TowerPair {
  readonly runsOn: RunsOn;
  /** Settles as `work` does, or rejects with DeviceLost when the GPU goes first. */
  during<T>(work: Promise<T>): Promise<T>;
}

/**
 * Opens the image tower, and the text tower where both fit in memory, stepping down the ladder until one backend holds
 * them and gives right answers.
 * @throws OutOfMemory, BackendUnavailable where even wasm fails
 */
export async function loadTowers(
  source: ModelSource,
  options: LoadOptions,
  onProgress: (progress: Progress) => void,
): Promise<LoadedTowers> {
  const halves = options.arithmetic === 'auto' && source.summary.precision !== 'fp32';
  const { ladder, reason: absent } = await attempts(options.backend, halves);
  let reason = absent;
  for (const [step, open] of ladder.entries()) {
    try {
      onProgress({ stage: 'checking', done: 0, total: 1 });
      return await openTowers(await open(), source, reason, onProgress);
    } catch (error) {
      if (step === ladder.length - 1) throw error;
      reason = reasonOf(error);
    }
  }
  throw new Failure('BackendUnavailable', 'No backend could be opened.');
}

async function openTowers(
  opened: OpenedBackend,
  source: ModelSource,
  reason: string | undefined,
  onProgress: (progress: Progress) => void,
): Promise<LoadedTowers> {
  const { runtime, gpu, backend, device, takesAllCores } = opened;
  const { vision, text } = source.architecture;
  const together = fitTogether(source);
  const pair = towerPair(
    {
      image: () => openImageTower(runtime, vision, source.image),
      text: () => openTextTower(runtime, text, requireText(source)),
    },
    together,
  );
  const during = untilLost(gpu);
  const release = () => pair.release().finally(() => gpu?.device.destroy());
  try {
    onProgress({ stage: 'compiling', done: 0, total: 2 });
    const image = await during(pair.image());
    onProgress({ stage: 'compiling', done: 1, total: 2 });
    if (backend === 'webgpu') await during(comparePicture(image, source, opened));
    if (together && source.text !== undefined) await during(pair.text());
    onProgress({ stage: 'compiling', done: 2, total: 2 });
    const runsOn = {
      backend,
      device,
      arithmetic: runtime.arithmetic ?? 'fp32',
      ...(takesAllCores && { takesAllCores }),
      // Only where the GPU was given up: a step down within it is no news to a person.
      ...(reason === undefined || backend === 'webgpu' ? {} : { reason }),
    };
    return { ...pair, runsOn, during, release };
  } catch (error) {
    // The failure that led here is the one to tell.
    await release().catch(() => undefined);
    throw error;
  }
}

/** @throws TowerMissing while the text tower is still on its way */
function requireText(source: ModelSource): TowerWeights {
  if (source.text !== undefined) return source.text;
  throw new Failure('TowerMissing', `The text tower of ${source.summary.name} is not here yet.`);
}

const GIBIBYTE = 2 ** 30;

/**
 * Why a budget: nothing tells a page how much memory it may take, and a tab that takes too much is ended without a word.
 * A quarter of what the device says it has, and at most 2 GiB, leaves room for the copies made while a tower opens.
 */
function fitTogether({ summary, image, text }: ModelSource): boolean {
  const { deviceMemory = 4 } = navigator as { deviceMemory?: number };
  const budget = Math.min(2, deviceMemory / 4) * GIBIBYTE;
  const stored = [...image.tensors, ...(text?.tensors ?? [])].reduce(
    (sum, { byteLength }) => sum + byteLength,
    0,
  );
  // Matrices kept as fp16 are widened when the tower opens.
  return stored * (summary.precision === 'fp16-storage' ? 2 : 1) <= budget;
}

/**
 * Why not a race with one promise of the loss: every race would leave its result behind with that promise, which on a
 * healthy device never settles.
 */
function untilLost(gpu: OpenedBackend['gpu']): LoadedTowers['during'] {
  const inFlight = new Set<(loss: Failure) => void>();
  let loss: Failure | undefined;
  void gpu?.lost.then((message) => {
    loss = new Failure('DeviceLost', `The GPU stopped: ${message || 'no reason given'}.`);
    for (const reject of inFlight) reject(loss);
  });
  return (work) =>
    new Promise((resolve, reject) => {
      if (loss) reject(loss);
      inFlight.add(reject);
      work.then(resolve, reject).finally(() => inFlight.delete(reject));
    });
}

/**
 * Once for every model, adapter and browser: a fixed picture, against the same weights on wasm. Where wasm has no room for
 * them the fixed towers of the self-check must do.
 * @throws SelfCheckFailed
 */
async function comparePicture(
  image: ImageTower,
  source: ModelSource,
  { device, runtime }: OpenedBackend,
): Promise<void> {
  const { id, precision } = source.summary;
  const arithmetic = runtime.arithmetic ?? 'fp32';
  const key = [id, precision, arithmetic, device, navigator.userAgent].join(' | ');
  if (await isRemembered(key)) return;
  const picture = checkPicture(source.architecture.vision);
  const computed = await image.encode(picture, 1);
  const expected = await onWasm(source, picture);
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
  await remember(key);
}

async function onWasm(source: ModelSource, picture: Float32Array): Promise<Float32Array | undefined> {
  try {
    const runtime = { ort: await browserRuntime('webgpu'), provider: { name: 'wasm' } } as const;
    const tower = await openImageTower(runtime, source.architecture.vision, source.image);
    return await tower.encode(picture, 1).finally(() => tower.release());
  } catch (error) {
    if (failureName(error) === 'OutOfMemory') return undefined;
    throw error;
  }
}
