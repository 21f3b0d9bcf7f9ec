import type { CheckEmbeddings } from '../clip/self-check';
import type { OrtModule } from '../clip/session';
import type { Backend } from './runs-on';

/** What the engine asks of the place it runs in: a browser's worker, or Node. */
export interface Platform {
  /** onnxruntime-web, in the build for a backend. Rejects where it cannot be fetched. */
  runtime(backend: Backend): Promise<OrtModule>;
  /** Threads that wasm runs on, 1 or more. */
  readonly threads: number;
  /** Processors of this device, 1 or more, as far as it tells. */
  readonly cores: number;
  /** Memory of this device in GiB; absent where it does not tell. */
  readonly gibibytes?: number;
  /** Milliseconds, rising. */
  now(): number;
  /** Absent where there is no WebGPU. */
  readonly gpu?: GpuPlatform;
}

/** A platform's WebGPU, and what tells whether it may be trusted. */
export interface GpuPlatform {
  /** The preferred adapter, or undefined where none is offered. Each answer gives one device. */
  findAdapter(): Promise<GPUAdapter | undefined>;
  /** What the towers of `clip/self-check` give on wasm. */
  expectedEmbeddings(): Promise<CheckEmbeddings>;
  readonly checked: CheckedModels;
  /** Tells this implementation of WebGPU from others on the same adapter, such as a browser's name and version. */
  readonly name: string;
}

/** Remembers, from visit to visit, which models gave the same picture on a GPU as on wasm. Never rejects. */
export interface CheckedModels {
  has(key: string): Promise<boolean>;
  add(key: string): Promise<void>;
}
