import { checkPicture, CHECK_TOLERANCE } from '../src/clip/self-check';
import { browserRuntime } from '../src/clip/session-browser';
import { openImageTower, openTextTower, type ImageTower, type TextTower } from '../src/clip/towers';
import { Failure, failureName } from '../src/core/failure';
import type { Backend, Progress, RunsOn } from './api';
import { attempts, reasonOf, type OpenedBackend } from './backends';
import { isRemembered, remember } from './checked-models';
import type { ModelSource } from './model-source';

/** A model's two towers on the best backend that proved right. */
export interface LoadedTowers {
  readonly image: ImageTower;
  readonly text: TextTower;
  readonly runsOn: RunsOn;
  /** Settles as `work` does, or rejects with DeviceLost when the GPU goes first. */
  during<T>(work: Promise<T>): Promise<T>;
  release(): Promise<void>;
}

/**
 * Opens both towers, stepping down the ladder until one backend holds them and gives right answers.
 * @throws OutOfMemory, BackendUnavailable where even wasm fails
 */
export async function loadTowers(
  source: ModelSource,
  wanted: Backend | 'auto',
  onProgress: (progress: Progress) => void,
): Promise<LoadedTowers> {
  const { ladder, reason: absent } = await attempts(wanted);
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
  const { runtime, gpu, backend, device } = opened;
  const towers: { release(): Promise<void> }[] = [];
  const release = async () => {
    try {
      for (const tower of towers) await tower.release();
    } finally {
      gpu?.device.destroy();
    }
  };
  try {
    onProgress({ stage: 'compiling', done: 0, total: 2 });
    const image = await openImageTower(runtime, source.architecture.vision, source.image);
    towers.push(image);
    onProgress({ stage: 'compiling', done: 1, total: 2 });
    const text = await openTextTower(runtime, source.architecture.text, source.text);
    towers.push(text);
    onProgress({ stage: 'compiling', done: 2, total: 2 });
    if (backend === 'webgpu') await comparePicture(image, source, device);
    const during = untilLost(gpu);
    return {
      image,
      text,
      runsOn: { backend, device, ...(reason === undefined ? {} : { reason }) },
      during,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
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
async function comparePicture(image: ImageTower, source: ModelSource, device: string): Promise<void> {
  const key = `${source.summary.id} | ${source.summary.precision} | ${device} | ${navigator.userAgent}`;
  if (await isRemembered(key)) return;
  const picture = checkPicture(source.architecture.vision);
  const computed = await image.encode(picture, 1);
  const expected = await onWasm(source, picture);
  if (expected === undefined) return;
  const difference = computed.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? NaN))),
    0,
  );
  if (!(difference <= CHECK_TOLERANCE)) {
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
