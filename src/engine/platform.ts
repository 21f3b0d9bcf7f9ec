import type { CheckEmbeddings } from '../clip/self-check';
import type { OrtModule } from '../clip/session';
import type { PreprocessSettings } from '../core/preprocess-settings';
import type { Int8Verdict } from './int8-judge';
import type { PictureBatch } from './pictures';
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
  /** Absent where nothing runs in int8. */
  readonly int8?: Int8Platform;
}

/** What a platform judges int8 arithmetic with. */
export interface Int8Platform {
  /** Pictures prepared for a tower with these settings. @throws NetworkFailed */
  samplePictures(settings: PreprocessSettings): Promise<PictureBatch>;
  readonly verdicts: KeptVerdicts;
}

/** Remembers verdicts on int8 across visits, by a tower's fingerprint. Never rejects. */
export interface KeptVerdicts {
  get(fingerprint: string): Promise<Int8Verdict | undefined>;
  set(fingerprint: string, verdict: Int8Verdict): Promise<void>;
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
