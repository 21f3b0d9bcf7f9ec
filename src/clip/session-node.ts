import type { OrtModule } from './session';

/** onnxruntime-web's wasm build in Node, for tests and tools. */
export async function nodeRuntime(threads: number): Promise<OrtModule> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = threads;
  return ort;
}
