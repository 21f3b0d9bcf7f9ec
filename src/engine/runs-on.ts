import type { Arithmetic } from '../clip/weights/weights';

export type Backend = 'webgpu' | 'wasm';

/** Options for running a model. */
export interface LoadOptions {
  /**
   * 'auto' uses WebGPU if a hardware adapter passes the self-check, else wasm; 'webgpu' also tries a software adapter.
   */
  readonly backend: Backend | 'auto';
  /**
   * 'fp32' forbids any other. 'auto' uses half precision on a GPU that passes the self-check in it, and int8 on wasm for
   * a model whose embeddings keep to those of fp32 in it.
   */
  readonly arithmetic: 'auto' | 'fp32';
}

/** Where a loaded model runs, and why not on a faster backend. */
export interface RunsOn {
  readonly backend: Backend;
  /** Shown to the user: the adapter's name, or the wasm threads as "1 thread", "8 threads". */
  readonly device: string;
  /** Set if it uses every core, so other work slows it down. */
  readonly takesAllCores?: true;
  /** fp16 only on a GPU that supports it and passed the self-check in it; int8 only on wasm. */
  readonly arithmetic: Arithmetic;
  /** In int8: the least cosine to fp32 of the pictures and texts that it was judged with. */
  readonly leastCosine?: number;
  /**
   * Clauses such as "this GPU failed the self-check"; absent if the fastest backend was used, in the fastest arithmetic
   * that it has.
   */
  readonly reason?: string;
}
