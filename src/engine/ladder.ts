import type { Arithmetic, Precision } from '../clip/weights/weights';
import type { LoadOptions } from './runs-on';

/** One way to run towers, not yet known to work on this device. */
export type Step =
  | { readonly backend: 'wasm'; readonly arithmetic: 'fp32' }
  | { readonly backend: 'webgpu'; readonly arithmetic: Arithmetic; readonly subgroups: boolean };

/** The properties of a WebGPU adapter that the ladder depends on. */
export interface AdapterFeatures {
  /** Whether it runs on the CPU. */
  readonly software: boolean;
  /** Whether it supports half precision. */
  readonly shaderF16: boolean;
  readonly subgroups: boolean;
}

const WASM: Step = { backend: 'wasm', arithmetic: 'fp32' };

/**
 * The ways to run a model, in the order they are tried; the last is always wasm.
 *
 * Why a ladder: a GPU is trusted only after the self-check, half precision and subgroups fail most often, and wasm
 * always works. A software adapter is correct but far slower than wasm, so it is used only if WebGPU was requested
 * explicitly, and never with subgroups, with which its attention is wrong.
 * @param precision storage precision of the weights: half-precision arithmetic would degrade fp32 weights
 * @param adapter undefined if there is none
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

/** Why the ladder has no GPU step, as a clause for the user; undefined if it has one or none was requested. */
export function whyNoGpu(
  wanted: LoadOptions['backend'],
  adapter: AdapterFeatures | undefined,
): string | undefined {
  if (wanted === 'wasm') return undefined;
  if (adapter === undefined) return 'this browser offers no WebGPU adapter';
  return adapter.software && wanted === 'auto' ? 'the only WebGPU adapter here is software' : undefined;
}
