import type { CheckEmbeddings } from '../clip/self-check';
import type { OrtModule } from '../clip/session';
import type { Backend } from './runs-on';

/** The engine's environment: a browser worker, or Node. */
export interface Platform {
  /** onnxruntime-web, in the build for a backend. Rejects if it cannot be fetched. */
  runtime(backend: Backend): Promise<OrtModule>;
  /** Number of wasm threads, 1 or more. */
  readonly threads: number;
  /** Number of processors reported by the device, 1 or more. */
  readonly cores: number;
  /** Device memory in GiB; absent if not reported. */
  readonly gibibytes?: number;
  /** A monotonic clock, in milliseconds. */
  now(): number;
  /** Absent without WebGPU. */
  readonly gpu?: GpuPlatform;
}

/** A platform's WebGPU, with the data needed to verify it. */
export interface GpuPlatform {
  /** The preferred adapter, or undefined if there is none. Each returned adapter can create one device. */
  findAdapter(): Promise<GPUAdapter | undefined>;
  /** The embeddings of the `clip/self-check` towers on wasm. */
  expectedEmbeddings(): Promise<CheckEmbeddings>;
  readonly passed: PassedChecks;
  /** Identifies what else decides the numbers on an adapter: the browser and its version, and this build of ours. */
  readonly name: string;
}

/** Remembers across visits what passed `checkDevice` and `checkModel`. Never rejects. */
export interface PassedChecks {
  has(key: string): Promise<boolean>;
  add(key: string): Promise<void>;
}
