import asyncifyLoader from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiLoader from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmLoader from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

/** What one multiplication gave, or the reason why it could not be done. */
export type Answer =
  { readonly element: number; readonly threadsStarted: number } | { readonly error: string };

const BUILDS = {
  wasm: { load: () => import('onnxruntime-web/wasm'), mjs: wasmLoader, wasm: wasmBinary },
  webgpu: { load: () => import('onnxruntime-web/webgpu'), mjs: asyncifyLoader, wasm: asyncifyBinary },
  jspi: { load: () => import('onnxruntime-web/jspi'), mjs: jspiLoader, wasm: jspiBinary },
};

/** An ONNX model of one node: c [m, n] = MatMul(a [m, k], b [k, n]), opset 17. */
const MODEL =
  'CAg6WwoRCgFhCgFiEgFjIgZNYXRNdWwSAWdaFQoBYRIQCg4IARIKCgMSAW0KAxIBa1oVCgFiEhAKDggBEgoKAxIBawoDEgFuYhUKAWMSEAoO' +
  'CAESCgoDEgFtCgMSAW5CBAoAEBE=';

let threadsStarted = 0;
self.Worker = class extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    threadsStarted++;
  }
};

async function multiply(build: keyof typeof BUILDS): Promise<Answer> {
  const { load, mjs, wasm } = BUILDS[build];
  const ort = await load();
  ort.env.wasm.wasmPaths = { mjs, wasm };
  ort.env.wasm.numThreads = 2;
  const session = await ort.InferenceSession.create(
    Uint8Array.from(atob(MODEL), (character) => character.charCodeAt(0)),
    { executionProviders: [build === 'wasm' ? 'wasm' : 'webgpu'] },
  );
  const ones = new ort.Tensor('float32', new Float32Array(256 * 256).fill(1), [256, 256]);
  const { c } = await session.run({ a: ones, b: ones });
  return { element: Number((await c?.getData())?.[1000]), threadsStarted };
}

self.addEventListener('message', ({ data }: MessageEvent<keyof typeof BUILDS>) => {
  multiply(data).then(
    (answer) => self.postMessage(answer),
    (error: unknown) => self.postMessage({ error: String(error) } satisfies Answer),
  );
});
