import { nodeRuntime } from '../clip/session-node';
import type { Platform } from './platform';

/** Plain Node, for tests and tools: wasm on `threads` of `cores` processors, no WebGPU. */
export function nodePlatform(threads: number, cores = threads): Platform {
  return {
    runtime: () => nodeRuntime(threads),
    threads,
    cores,
    now: () => performance.now(),
  };
}
