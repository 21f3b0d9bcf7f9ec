import type { Arithmetic } from '../clip/weights/weights';

export type Backend = 'webgpu' | 'wasm';

/** Options for running a model. */
export interface LoadOptions {
  /**
   * 'auto' uses WebGPU if a hardware adapter passes the self-check, else wasm; 'webgpu' also tries a software adapter.
   */
  readonly backend: Backend | 'auto';
  /** 'fp32' forbids half-precision arithmetic; 'auto' uses it if the GPU passes the self-check in it. */
  readonly arithmetic: 'auto' | 'fp32';
}

/** Where a loaded model runs, and why not on a faster backend. */
export interface RunsOn {
  readonly backend: Backend;
  /** Shown to the user: the adapter's name, or the wasm threads as "1 thread", "8 threads". */
  readonly device: string;
  /** Set if it uses every core, so other work slows it down. */
  readonly takesAllCores?: true;
  /** fp16 only on a GPU that supports it and passed the self-check in it. */
  readonly arithmetic: Arithmetic;
  /**
   * A clause such as "this GPU failed the self-check"; absent if the fastest backend was used, in the fastest arithmetic
   * that it has.
   */
  readonly reason?: string;
}
