import type { Env } from 'onnxruntime-web';
import { Failure, messageOf } from '../core/failure';
import { once } from '../core/tasks';
import { startRuntime, type OrtModule } from './session';
import { limitStarts } from './thread-starts';
import { reserveLess } from './wasm-memory';

/** Where a loader and its binary are. */
interface BuildFiles {
  readonly mjs: string;
  readonly wasm: string;
}

/** Addresses of the files of onnxruntime-web's builds. */
export type RuntimeFiles = Readonly<Record<'wasm' | 'jspi' | 'asyncify', BuildFiles>>;

/**
 * onnxruntime-web's builds, each fetched on first use: plain wasm for the CPU; for WebGPU the smaller jspi build if the
 * browser can suspend wasm, else asyncify. Threads need a cross-origin isolated page.
 * @param threads wasm threads; the first call in a worker decides, for onnxruntime-web cannot start twice
 * @throws NetworkFailed, BackendUnavailable, OutOfMemory
 */
export function browserRuntime(
  backend: 'wasm' | 'webgpu',
  files: RuntimeFiles,
  threads: number = wasmThreads(),
): Promise<OrtModule> {
  if (backend === 'wasm') return wasmBuild(files.wasm, threads);
  return 'Suspending' in WebAssembly
    ? jspiBuild(files.jspi, threads)
    : asyncifyBuild(files.asyncify, threads);
}

/** The parts of a global scope that determine the thread count. */
interface Isolable {
  readonly crossOriginIsolated: boolean;
  /** Missing in some browsers even on an isolated page. */
  readonly SharedArrayBuffer?: unknown;
  readonly navigator: { readonly hardwareConcurrency: number };
}

/** Maximum number of wasm threads: 1 without cross-origin isolation, or without memory to share. */
export function wasmThreads(scope: Isolable = globalThis): number {
  const { crossOriginIsolated, navigator } = scope;
  if (!crossOriginIsolated || scope.SharedArrayBuffer === undefined) return 1;
  const cores = navigator.hardwareConcurrency;
  // Half of many cores: the rest are hyper-threads, which share the arithmetic units and would only wait.
  return cores <= 4 ? cores : Math.min(8, Math.ceil(cores / 2));
}

const wasmBuild = once((files: BuildFiles, threads: number) =>
  started(import('onnxruntime-web/wasm'), files, threads),
);
const jspiBuild = once((files: BuildFiles, threads: number) =>
  started(import('onnxruntime-web/jspi'), files, threads),
);
const asyncifyBuild = once((files: BuildFiles, threads: number) =>
  started(import('onnxruntime-web/webgpu'), files, threads),
);

/** How browsers say that a file or a module has not arrived; onnxruntime-web passes it on in words alone. */
const NOT_ARRIVED = /fetch|network|load failed|loading|importing/i;

async function started<T extends OrtModule & { env: Env }>(
  module: Promise<T>,
  { mjs, wasm }: BuildFiles,
  threads: number,
): Promise<T> {
  try {
    const ort = await module;
    ort.env.wasm.wasmPaths = { mjs, wasm };
    ort.env.wasm.numThreads = threads;
    reserveLess(WebAssembly);
    limitStarts(globalThis);
    await startRuntime(ort);
    return ort;
  } catch (error) {
    if (!NOT_ARRIVED.test(messageOf(error))) throw error;
    throw new Failure('NetworkFailed', 'The program that runs the models (onnxruntime-web) did not arrive.', {
      cause: error,
    });
  }
}
