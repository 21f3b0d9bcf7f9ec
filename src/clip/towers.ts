import type { Architecture, TextArchitecture, VisionArchitecture } from './architecture';
import { CPU_NODES, type Graph } from './graph/graph-writer';
import { imageFamily } from './families/image-families';
import { textFamily } from './families/text-families';
import { imageGraph } from './graph/image-graph';
import type { GraphForm } from './graph/layers';
import { partsOf, type StepRange } from './graph/tower-parts';
import {
  createSession,
  type Input,
  type OrtModule,
  type Provider,
  type Session,
  type WeightFile,
} from './session';
import { rivalOf } from './graph/int8-linear';
import { hasInt8, int8Weights, PLAIN_INT8, type Int8Plan, type Int8Tensor } from './weights/int8';
import { ownFiles } from './weights/own-files';
import type { TensorShapes } from './weights/tensor-shapes';
import { imageTensors, textTensors } from './weights/tensors';
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
   * @param between is waited for between two parts of the tower, where it runs in parts
   */
  encode(
    pixels: Float32Array | GPUBuffer,
    count: number,
    between?: () => Promise<void>,
  ): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

export interface TextTower {
  readonly outputDim: number;
  /** `ids` [count, contextLength]; returns [count, outputDim], rows of length 1. */
  encode(ids: Int32Array, count: number): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

/** The inputs of a tower's graph. */
type Feeds = Readonly<Record<string, Input>>;

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

/** What a tower computes. */
export type TowerArchitecture =
  | { readonly kind: 'image'; readonly vision: VisionArchitecture }
  | { readonly kind: 'text'; readonly text: TextArchitecture };

/**
 * @param plan how the tower is brought into int8, if that is the runtime's arithmetic
 * @param parts in which the tower runs on wasm
 * @throws OutOfMemory, BackendUnavailable, ModelDamaged
 */
export async function openImageTower(
  runtime: Runtime,
  vision: VisionArchitecture,
  weights: TowerWeights,
  plan?: Int8Plan,
  parts: readonly StepRange[] = partsOf(imageFamily(vision).steps(vision, 'split').work),
): Promise<ImageTower> {
  const session = await openParts(runtime, vision, weights, plan, parts);
  const [height, width] = vision.imageSize;
  return {
    outputDim: vision.outputDim,
    batchOf: (count) => paddedCount(runtime, count),
    async encode(pixels, count, between) {
      const batch = paddedCount(runtime, count);
      const data = pixels instanceof Float32Array ? padded(pixels, batch * 3 * height * width) : pixels;
      const rows = await session.run(imageFeeds(vision, data, batch), between);
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
  const session = await openSession(runtime, { kind: 'text', text }, weights, plan);
  return {
    outputDim: text.outputDim,
    async encode(ids, count) {
      const batch = paddedCount(runtime, count);
      const family = textFamily(text);
      const whole = padded(ids, batch * text.contextLength);
      const given = runtime.provider.name === 'webgpu' ? whole : cut(text, whole);
      const rows = await session.run(family.feeds(text, given, batch));
      return rows.slice(0, count * text.outputDim);
    },
    release: () => session.release(),
  };
}

/** Numbers that wasm computes with at once. */
const LANES = 4;

/**
 * The ids [count, contextLength] that are needed, [count, length].
 *
 * Why whole lanes: with others, the sums over a text's tokens would be added in another order, so that a text's embedding
 * would depend, in the last bits, on the longest text beside it.
 */
function cut(text: TextArchitecture, ids: Int32Array): Int32Array {
  const { contextLength } = text;
  const needed = textFamily(text).needed(text, ids);
  const length = Math.min(contextLength, LANES * Math.ceil(needed / LANES));
  const cutIds = new Int32Array((ids.length / contextLength) * length);
  for (let at = 0; at * length < cutIds.length; at++)
    cutIds.set(ids.subarray(at * contextLength, at * contextLength + length), at * length);
  return cutIds;
}

/** The tensors of a tower, in the order of use. */
export function towerTensors(tower: TowerArchitecture): TensorShapes {
  return tower.kind === 'image' ? imageTensors(tower.vision) : textTensors(tower.text);
}

/** What int8 would cost at one matrix, and what that sees, for the inputs it was probed with. */
export interface MatrixProbe {
  readonly name: string;
  /** Length of the error relative to that of the layer's output. */
  readonly loss: number;
  /** The largest magnitude of each input channel. */
  readonly ranges: Float32Array;
}

/** A tower in fp32 that computes each large matrix in int8 too, to tell the difference. */
export interface TowerProbe {
  /** For one input, as a tower takes it: every large matrix, in the order of the tower. */
  run(input: Float32Array | Int32Array): Promise<MatrixProbe[]>;
  release(): Promise<void>;
}

/** Opens a probe; it takes the memory of both arithmetics. @throws OutOfMemory, BackendUnavailable, ModelDamaged */
export async function openProbe(
  { ort, provider }: Runtime,
  tower: TowerArchitecture,
  weights: TowerWeights,
  { folded }: Int8Plan,
): Promise<TowerProbe> {
  const shapes = towerTensors(tower);
  const names = [...shapes].filter(([name, shape]) => hasInt8(name, shape)).map(([name]) => name);
  const exact = await int8Weights(weights, { exact: names, folded });
  const rivals = await int8Weights(onlyOf(weights, names), { exact: [], folded });
  const renamed = rivals.tensors.map((one) => ({ ...one, name: rivalOf(one.name), file: rivalOf(one.file) }));
  const files = rivals.files.map((one) => ({ ...one, path: rivalOf(one.path) }));
  const tensors = [...exact.tensors, ...renamed];
  const { model, told } = graphOf(tower, tensors, { attention: 'split', arithmetic: 'fp32' });
  const session = await createSession(ort, provider, model, [...exact.files, ...files], CPU_NODES);
  return {
    async run(input) {
      const values = await session.run(
        tower.kind === 'image'
          ? imageFeeds(tower.vision, input, 1)
          : textFamily(tower.text).feeds(tower.text, input as Int32Array, 1),
      );
      let at = 0;
      return told.map((name) => {
        const [, width = 0] = shapes.get(name) ?? [];
        const probe = { name, loss: values[at] ?? NaN, ranges: values.subarray(at + 1, at + 1 + width) };
        at += 1 + width;
        return probe;
      });
    },
    release: () => session.release(),
  };
}

function onlyOf({ tensors, files }: TowerWeights, names: readonly string[]): TowerWeights {
  return { tensors: tensors.filter(({ name }) => names.includes(name)), files };
}

/** Whether both towers embed into the same space, so that pictures can be compared with texts. */
export function sharesSpace(architecture: Architecture): boolean {
  return architecture.vision.outputDim === architecture.text.outputDim;
}

async function openSession(
  runtime: Runtime,
  tower: TowerArchitecture,
  weights: TowerWeights,
  plan: Int8Plan = PLAIN_INT8,
): Promise<Session> {
  const { ort, provider, arithmetic } = runtime;
  const { tensors, files } = arithmetic === 'int8' ? await int8Weights(weights, plan) : weights;
  const { model } = graphOf(tower, tensors, formFor(runtime));
  return createSession(ort, provider, model, files, CPU_NODES);
}

/** An image tower in a session for each of its parts. */
interface Parts {
  run(feeds: Feeds, between?: () => Promise<void>): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

async function openParts(
  runtime: Runtime,
  vision: VisionArchitecture,
  weights: TowerWeights,
  plan: Int8Plan = PLAIN_INT8,
  parts: readonly StepRange[],
): Promise<Parts> {
  const { ort, provider, arithmetic } = runtime;
  // A GPU runs a large batch in less than a query waits for, and compiles each part.
  if (provider.name === 'webgpu' || parts.length === 1)
    return openSession(runtime, { kind: 'image', vision }, weights, plan);
  const { tensors, files } = arithmetic === 'int8' ? await int8Weights(weights, plan) : ownFiles(weights);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const steps = imageFamily(vision).steps(vision, 'split');
  const sessions: Session[] = [];
  const release = async () => {
    for (const session of sessions.splice(0)) await session.release();
  };
  try {
    for (const part of parts) {
      const graph = imageGraph(vision, byName, formFor(runtime), part);
      const own = files.filter(({ path }) => graph.files.has(path));
      sessions.push(await createSession(ort, provider, graph.model, own, CPU_NODES));
    }
  } catch (error) {
    // Report the original failure.
    await release().catch(() => undefined);
    throw error;
  }
  return {
    async run(feeds, between) {
      let next = feeds;
      let data = new Float32Array();
      for (const [at, session] of sessions.entries()) {
        if (at > 0) await between?.();
        data = await session.run(next);
        const [first = 1, ...rest] = steps.shape(parts[at]?.to ?? 0);
        const row = rest.reduce((product, size) => product * size, first);
        next = { hidden: { data, dims: [(data.length / row) * first, ...rest] } };
      }
      return data;
    },
    release,
  };
}

function graphOf(
  tower: TowerArchitecture,
  tensors: readonly (StoredTensor | Int8Tensor)[],
  form: GraphForm,
): Graph {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return tower.kind === 'image'
    ? imageGraph(tower.vision, byName, form)
    : textFamily(tower.text).graph(tower.text, byName, form);
}

function imageFeeds({ imageSize }: VisionArchitecture, data: Input['data'], count: number): Feeds {
  return { pixels: { data, dims: [count, 3, ...imageSize] } };
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
