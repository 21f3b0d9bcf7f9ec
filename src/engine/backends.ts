import type { ImageFamilyName } from '../clip/families/image-families';
import type { Runtime } from '../clip/towers';
import { Failure, messageOf } from '../core/failure';
import { describe, isFallback, openDevice, type GpuDevice } from '../gpu/device';
import type { Int8Plans } from './int8-plans';
import { ladderOf, type AdapterFeatures, type Step } from './ladder';
import type { Platform } from './platform';
import type { Backend, LoadOptions, RunsOn } from './runs-on';
import { checkDevice } from './trust';

/** A successfully opened step of the ladder, on which towers can run. */
export interface OpenedBackend {
  readonly backend: Backend;
  readonly runtime: Runtime;
  /** As in `RunsOn`. */
  readonly device: string;
  /** As in `RunsOn`. */
  readonly takesAllCores?: true;
  /** The device, owned and destroyed by the towers; only on WebGPU. */
  readonly gpu?: GpuDevice;
}

/** The adapter's properties that the ladder depends on; undefined if there is none, or only wasm is wanted. */
export async function findFeatures(
  { backend }: LoadOptions,
  platform: Platform,
): Promise<AdapterFeatures | undefined> {
  const adapter = backend === 'wasm' ? undefined : await platform.gpu?.findAdapter();
  return adapter && featuresOf(adapter);
}

/** The adapter's properties that the ladder depends on. */
export function featuresOf(adapter: GPUAdapter): AdapterFeatures {
  return {
    software: isFallback(adapter),
    shaderF16: adapter.features.has('shader-f16'),
    subgroups: adapter.features.has('subgroups'),
  };
}

/** Starts what the first step of the ladder will probably need, while the model is read. Never rejects. */
export async function prepareBackend(options: LoadOptions, platform: Platform): Promise<void> {
  // Every precision begins with the same backend.
  const [step] = ladderOf(options, 'fp32', await findFeatures(options, platform));
  // The ladder meets the same failure again, and tells of it.
  if (step) await platform.runtime(step.backend).catch(() => undefined);
}

/**
 * Opens one step.
 * @param family of the image tower that is to run, for which a GPU is checked too
 * @throws BackendUnavailable, SelfCheckFailed, and what fetching onnxruntime-web throws
 */
export async function openStep(
  step: Step,
  platform: Platform,
  family?: ImageFamilyName,
): Promise<OpenedBackend> {
  if (step.backend === 'webgpu') return openGpu(step, platform, family);
  const { threads, cores } = platform;
  const ort = await platform.runtime('wasm');
  return {
    backend: 'wasm',
    runtime: { ort, provider: { name: 'wasm' } },
    device: threads === 1 ? '1 thread' : `${threads} threads`,
    ...(threads >= cores && { takesAllCores: true }),
  };
}

/** Why a GPU step failed, as a clause for the user. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure && error.name === 'SelfCheckFailed') return 'this GPU failed the self-check';
  if (error instanceof Failure && error.name === 'OutOfMemory')
    return 'this model does not fit in the memory of the GPU';
  return `this GPU could not be used (${messageOf(error)})`;
}

/** Describes a model running on `opened` by `plans`; `reason` as in `RunsOn`. */
export function runsOnOf(opened: OpenedBackend, reason: string | undefined, plans: Int8Plans = {}): RunsOn {
  const { backend, device, runtime, takesAllCores } = opened;
  const inInt8 = [plans.image, plans.text].filter((verdict) => verdict?.plan);
  return {
    backend,
    device,
    arithmetic: inInt8.length > 0 ? 'int8' : (runtime.arithmetic ?? 'fp32'),
    ...(inInt8.length > 0 && { leastCosine: Math.min(...inInt8.map((verdict) => verdict!.cosine)) }),
    ...(takesAllCores && { takesAllCores }),
    ...(reason !== undefined && { reason }),
  };
}

async function openGpu(
  { subgroups, arithmetic }: Extract<Step, { backend: 'webgpu' }>,
  platform: Platform,
  family: ImageFamilyName | undefined,
): Promise<OpenedBackend> {
  // An adapter can create only one device.
  const adapter = await platform.gpu?.findAdapter();
  if (platform.gpu === undefined || adapter === undefined)
    throw new Failure('BackendUnavailable', 'The WebGPU adapter has gone.');
  const gpu = await openDevice(adapter, subgroups);
  try {
    const ort = await platform.runtime('webgpu');
    const runtime: Runtime = { ort, provider: { name: 'webgpu', device: gpu.device }, arithmetic };
    const device = describe(adapter);
    await checkDevice({ device, runtime }, subgroups, platform.gpu, family);
    return { backend: 'webgpu', runtime, device, gpu };
  } catch (error) {
    gpu.device.destroy();
    throw error;
  }
}
