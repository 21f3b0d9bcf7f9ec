import type { Arithmetic, Precision } from '../clip/weights/weights';
import type { LoadOptions } from './runs-on';

/** One way of running towers, before it is known whether it works here. */
export type Step =
  | { readonly backend: 'wasm'; readonly arithmetic: 'fp32' }
  | { readonly backend: 'webgpu'; readonly arithmetic: Arithmetic; readonly subgroups: boolean };

/** What the ladder asks of a WebGPU adapter. */
export interface AdapterFeatures {
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  /** Whether it computes in half precision. */
  readonly shaderF16: boolean;
  readonly subgroups: boolean;
}

const WASM: Step = { backend: 'wasm', arithmetic: 'fp32' };

/**
 * The ways to run a model, in the order in which they are tried; wasm is the last of them, always.
 *
 * Why a ladder: a GPU is trusted only after the self-check, half precision and subgroups are what fails most often, and
 * wasm always works. A software adapter is right but far slower than wasm, so it is taken only where WebGPU was asked for
 * by name, and never with subgroups, whose attention is wrong on it.
 * @param precision how the model's weights are kept: where all are in full, half-precision arithmetic would lose some
 * @param adapter undefined where there is none
 */
export function ladderOf(
  { backend, arithmetic }: LoadOptions,
  precision: Precision,
  adapter: AdapterFeatures | undefined,
): Step[] {
  if (backend === 'wasm' || adapter === undefined || whyNoGpu(backend, adapter) !== undefined) return [WASM];
  const halves = arithmetic === 'auto' && precision !== 'fp32' && adapter.shaderF16;
  const arithmetics: Arithmetic[] = halves ? ['fp16', 'fp32'] : ['fp32'];
  const subgroups = adapter.subgroups && !adapter.software ? [true, false] : [false];
  const gpu = arithmetics.flatMap((one) =>
    subgroups.map((use): Step => ({ backend: 'webgpu', arithmetic: one, subgroups: use })),
  );
  return [...gpu, WASM];
}

/** Why no step of the ladder is on a GPU, as a clause for a person; undefined where one is, or none was wanted. */
export function whyNoGpu(
  wanted: LoadOptions['backend'],
  adapter: AdapterFeatures | undefined,
): string | undefined {
  if (wanted === 'wasm') return undefined;
  if (adapter === undefined) return 'this browser offers no WebGPU adapter';
  return adapter.software && wanted === 'auto' ? 'the only WebGPU adapter here is software' : undefined;
}
