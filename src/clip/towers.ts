import type { Architecture, TextArchitecture, VisionArchitecture } from './architecture';
import { CPU_NODES } from './graph/graph-writer';
import { imageGraph } from './graph/image-graph';
import type { GraphForm } from './graph/layers';
import { createSession, type OrtModule, type Provider, type Session, type WeightFile } from './session';
import { pooledRows, textGraph } from './graph/text-graph';
import { int8Weights, PLAIN_INT8, type Int8Plan, type Int8Tensor } from './weights/int8';
import type { Arithmetic, StoredTensor } from './weights/weights';

/** One tower's weights: its files, and each tensor's place in them. */
export interface TowerWeights {
  readonly tensors: readonly StoredTensor[];
  readonly files: readonly WeightFile[];
}

export interface ImageTower {
  readonly outputDim: number;
  /** How many pictures a run of `count` computes: a GPU compiles shaders for every number, so it gets powers of two. */
  batchOf(count: number): number;
  /**
   * `pixels` fp32 [count, 3, height, width], normalised; returns [count, outputDim], rows of length 1. A buffer of the
   * tower's device holds `batchOf(count)` pictures, of which the others do not matter.
   */
  encode(pixels: Float32Array | GPUBuffer, count: number): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

export interface TextTower {
  readonly outputDim: number;
  /** `ids` [count, contextLength]; returns [count, outputDim], rows of length 1. */
  encode(ids: Int32Array, count: number): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

/** An onnxruntime-web build and its provider. */
export interface Runtime {
  readonly ort: OrtModule;
  readonly provider: Provider;
  /**
   * Default fp32. fp16 needs a WebGPU device with `shader-f16`; on wasm it is slow and only for checks. int8 is for
   * wasm.
   */
  readonly arithmetic?: Arithmetic;
}

/**
 * @param plan how the tower is brought into int8, if that is the runtime's arithmetic
 * @throws OutOfMemory, BackendUnavailable, ModelDamaged
 */
export async function openImageTower(
  runtime: Runtime,
  vision: VisionArchitecture,
  weights: TowerWeights,
  plan?: Int8Plan,
): Promise<ImageTower> {
  const session = await open(runtime, weights, plan, (tensors) =>
    imageGraph(vision, tensors, formFor(runtime)),
  );
  const [height, width] = vision.imageSize;
  return {
    outputDim: vision.outputDim,
    batchOf: (count) => paddedCount(runtime, count),
    async encode(pixels, count) {
      const batch = paddedCount(runtime, count);
      const data = pixels instanceof Float32Array ? padded(pixels, batch * 3 * height * width) : pixels;
      const rows = await session.run({ pixels: { data, dims: [batch, 3, height, width] } });
      return rows.slice(0, count * vision.outputDim);
    },
    release: () => session.release(),
  };
}

/** As `openImageTower`. */
export async function openTextTower(
  runtime: Runtime,
  text: TextArchitecture,
  weights: TowerWeights,
  plan?: Int8Plan,
): Promise<TextTower> {
  const session = await open(runtime, weights, plan, (tensors) => textGraph(text, tensors, formFor(runtime)));
  return {
    outputDim: text.outputDim,
    async encode(ids, count) {
      const batch = paddedCount(runtime, count);
      const data = padded(ids, batch * text.contextLength);
      const rows = await session.run({
        ids: { data, dims: [batch, text.contextLength] },
        pooled_rows: { data: pooledRows(data, text), dims: [batch] },
      });
      return rows.slice(0, count * text.outputDim);
    },
    release: () => session.release(),
  };
}

/** Whether both towers embed into the same space, so that pictures can be compared with texts. */
export function sharesSpace(architecture: Architecture): boolean {
  return architecture.vision.outputDim === architecture.text.outputDim;
}

async function open(
  { ort, provider, arithmetic }: Runtime,
  weights: TowerWeights,
  plan: Int8Plan = PLAIN_INT8,
  graphOf: (tensors: ReadonlyMap<string, StoredTensor | Int8Tensor>) => Uint8Array<ArrayBuffer>,
): Promise<Session> {
  const { tensors, files } = arithmetic === 'int8' ? await int8Weights(weights, plan) : weights;
  const graph = graphOf(new Map(tensors.map((tensor) => [tensor.name, tensor])));
  return createSession(ort, provider, graph, files, CPU_NODES);
}

/** On wasm both forms are equally fast, so it uses the one that never failed; a GPU gains from the fused one. */
function formFor({ provider, arithmetic = 'fp32' }: Runtime): GraphForm {
  const floats = arithmetic === 'fp16' ? 'fp16' : 'fp32';
  return { attention: provider.name === 'webgpu' ? 'fused' : 'split', arithmetic: floats };
}

/** As `ImageTower.batchOf`. */
function paddedCount({ provider }: Runtime, count: number): number {
  return provider.name === 'webgpu' ? 2 ** Math.ceil(Math.log2(count)) : count;
}

/** `values` zero-padded to `length`; unchanged if already that long. */
function padded<T extends Float32Array | Int32Array>(values: T, length: number): T {
  if (values.length === length) return values;
  const longer = (values instanceof Float32Array ? new Float32Array(length) : new Int32Array(length)) as T;
  longer.set(values);
  return longer;
}
