/** transformers.js as its own examples use it, in a thread of its own, on wasm with the threads that it chooses. */
import {
  AutoProcessor,
  CLIPVisionModelWithProjection,
  env,
  RawImage,
  type Tensor,
} from '@huggingface/transformers';
import { expose } from 'comlink';

const MODEL = 'peer';

/** The build that it takes by itself, from its own package instead of the internet. */
const RUNTIME = '/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify';

/** The most that it takes by itself. */
const MOST_THREADS = 4;

type Loaded = readonly [
  processor: Awaited<ReturnType<typeof AutoProcessor.from_pretrained>>,
  tower: Awaited<ReturnType<typeof CLIPVisionModelWithProjection.from_pretrained>>,
];

let loaded: Loaded | undefined;
let files: readonly File[] = [];

const bench = {
  async load(onGpu: boolean, bits: number): Promise<void> {
    Object.assign(env, {
      allowRemoteModels: false,
      allowLocalModels: true,
      localModelPath: '/',
      useBrowserCache: false,
      useWasmCache: false,
    });
    Object.assign(env.backends.onnx.wasm, {
      wasmPaths: { mjs: `${RUNTIME}.mjs`, wasm: `${RUNTIME}.wasm` },
      numThreads: Math.min(MOST_THREADS, navigator.hardwareConcurrency),
    });
    loaded = await Promise.all([
      AutoProcessor.from_pretrained(MODEL),
      CLIPVisionModelWithProjection.from_pretrained(MODEL, {
        device: onGpu ? 'webgpu' : 'wasm',
        dtype: bits === 16 ? 'fp16' : 'fp32',
        use_external_data_format: true,
      }),
    ]);
  },

  take(given: readonly File[]): void {
    files = given;
  },

  /** Milliseconds from the files to their embeddings, `batch` at a time, and the embeddings in the files' order. */
  async embed(batch: number): Promise<{ milliseconds: number; rows: number[][] }> {
    const rows: number[][] = [];
    const milliseconds = await timed(async () => {
      for (let at = 0; at < files.length; at += batch)
        rows.push(...(await embeddings(await pixels(files.slice(at, at + batch)))));
    });
    return { milliseconds, rows };
  },

  /** Milliseconds that the tower alone takes for as many pictures as there are files. */
  async tower(batch: number): Promise<number> {
    const ready: Tensor[] = [];
    for (let at = 0; at < files.length; at += batch) ready.push(await pixels(files.slice(at, at + batch)));
    return timed(async () => {
      for (const one of ready) await embeddings(one);
    });
  },

  /** Milliseconds to decode, resize and crop the files, and nothing else. */
  prepare: (): Promise<number> =>
    timed(async () => {
      for (const file of files) await pixels([file]);
    }),
};
export type PeerBench = typeof bench;

async function pixels(some: readonly File[]): Promise<Tensor> {
  const [processor] = requireLoaded();
  const images = await Promise.all(some.map((file) => RawImage.fromBlob(file)));
  return (await processor(images)).pixel_values;
}

/** @param pixel_values called `pixels` by the graph, which is the same as Clipscope's */
async function embeddings(pixel_values: Tensor): Promise<number[][]> {
  const [, tower] = requireLoaded();
  const { embedding } = await tower({ pixels: pixel_values });
  const [count = 0, dim = 0] = embedding!.dims;
  return Array.from({ length: count }, (_, row) => [...embedding!.data.slice(row * dim, (row + 1) * dim)]);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function requireLoaded(): Loaded {
  if (loaded === undefined) throw new Error('The model is not loaded.');
  return loaded;
}

expose(bench);
