import type { Arithmetic } from '../clip/weights/weights';

export type Backend = 'webgpu' | 'wasm';

/** How a model is to run. */
export interface LoadOptions {
  /**
   * 'auto' takes WebGPU where a trusted adapter passes the self-check, else wasm; 'webgpu' tries a software adapter
   * too.
   */
  readonly backend: Backend | 'auto';
  /** 'fp32' forbids half-precision arithmetic; 'auto' takes it where the GPU has it and passed the self-check. */
  readonly arithmetic: 'auto' | 'fp32';
}

/** Where a loaded model runs, and why not somewhere faster. */
export interface RunsOn {
  readonly backend: Backend;
  /** For a person to read: the adapter's name, or the threads of wasm as "1 thread", "8 threads". */
  readonly device: string;
  /** There where it computes on every core: whatever else works meanwhile slows it down. */
  readonly takesAllCores?: true;
  /** Half precision only on a GPU that has it and passed the self-check in it. */
  readonly arithmetic: Arithmetic;
  /** A clause such as "this GPU failed the self-check"; absent when the fastest choice was taken. */
  readonly reason?: string;
}
