import { browserRuntime, wasmThreads } from '../../src/clip/session-browser';
import {
  CHECK_TOLERANCE,
  largestDifference,
  runCheckTowers,
  type CheckEmbeddings,
} from '../../src/clip/self-check';
import expectedUrl from '../../src/clip/self-check.expected.json?url';
import type { Runtime } from '../../src/clip/towers';
import type { Arithmetic } from '../../src/clip/weights/weights';
import { Failure, messageOf } from '../../src/core/failure';
import { describe, findAdapter, isFallback, openDevice, type GpuDevice } from '../../src/gpu/device';
import type { Backend } from '../api';

/** A place where towers may run. */
export interface OpenedBackend {
  readonly backend: Backend;
  readonly runtime: Runtime;
  /** The adapter's name, or the number of threads. */
  readonly device: string;
  /** As in `RunsOn`. */
  readonly takesAllCores?: true;
  /** Only on WebGPU. */
  readonly gpu?: GpuDevice;
}

/** One step of the ladder: open it, and go on to the next where that fails. */
export type Attempt = () => Promise<OpenedBackend>;

/**
 * Why a ladder: a GPU is trusted only after the self-check, half precision and subgroups are what fails most often, and
 * wasm always works. A software adapter is right but far slower than wasm, so it is taken only where WebGPU was asked for
 * by name.
 * @param halves whether half-precision arithmetic may be tried
 * @returns the attempts in order, wasm last, and why WebGPU is not among them
 */
export async function attempts(
  wanted: Backend | 'auto',
  halves: boolean,
): Promise<{ ladder: Attempt[]; reason?: string }> {
  if (wanted === 'wasm') return { ladder: [openWasm] };
  const adapter = await findAdapter();
  if (adapter === undefined) return { ladder: [openWasm], reason: 'this browser offers no WebGPU adapter' };
  if (isFallback(adapter) && wanted === 'auto')
    return { ladder: [openWasm], reason: 'the only WebGPU adapter here is software' };
  const { features } = adapter;
  const arithmetics: Arithmetic[] = halves && features.has('shader-f16') ? ['fp16', 'fp32'] : ['fp32'];
  const subgroups = features.has('subgroups') && !isFallback(adapter) ? [true, false] : [false];
  const gpu = arithmetics.flatMap((arithmetic) => subgroups.map((use) => () => openGpu(use, arithmetic)));
  return { ladder: [...gpu, openWasm] };
}

/** Why an attempt failed, as a clause for a person. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure && error.name === 'SelfCheckFailed') return 'this GPU failed the self-check';
  if (error instanceof Failure && error.name === 'OutOfMemory')
    return 'this model does not fit in the memory of the GPU';
  return `this GPU could not be used (${messageOf(error)})`;
}

async function openWasm(): Promise<OpenedBackend> {
  const threads = wasmThreads();
  const ort = await browserRuntime('wasm');
  return {
    backend: 'wasm',
    runtime: { ort, provider: { name: 'wasm' } },
    device: threads === 1 ? '1 thread' : `${threads} threads`,
    ...(threads >= navigator.hardwareConcurrency && { takesAllCores: true }),
  };
}

/** @throws BackendUnavailable, SelfCheckFailed */
async function openGpu(subgroups: boolean, arithmetic: Arithmetic): Promise<OpenedBackend> {
  // An adapter gives one device only.
  const adapter = await findAdapter();
  if (adapter === undefined) throw new Failure('BackendUnavailable', 'The WebGPU adapter has gone.');
  const gpu = await openDevice(adapter, subgroups);
  try {
    const ort = await browserRuntime('webgpu');
    const runtime: Runtime = { ort, provider: { name: 'webgpu', device: gpu.device }, arithmetic };
    await selfCheck(runtime);
    return { backend: 'webgpu', runtime, device: describe(adapter), gpu };
  } catch (error) {
    gpu.device.destroy();
    throw error;
  }
}

/** @throws SelfCheckFailed */
async function selfCheck(runtime: Runtime): Promise<void> {
  const expected = (await fetch(expectedUrl).then((answer) => answer.json())) as CheckEmbeddings;
  const difference = largestDifference(await runCheckTowers(runtime), expected);
  if (difference > CHECK_TOLERANCE[runtime.arithmetic ?? 'fp32']) {
    throw new Failure('SelfCheckFailed', `The self-check differs by ${difference.toPrecision(2)}.`);
  }
}
