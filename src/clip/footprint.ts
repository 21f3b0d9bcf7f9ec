import type { Architecture } from './architecture';
import { BLOCK } from './weights/quantise';
import { imageTensors, textTensors, type Tower, type TensorShapes } from './weights/tensors';
import { dtypeFor, PRECISIONS, type Precision } from './weights/weights';

/** A tower's weights, counted by how they may be kept. */
export interface TowerSize {
  /** All of them. */
  readonly parameters: number;
  /** In the matrices that `q8` and `q4` keep in blocks. */
  readonly linear: number;
  /** Blocks of 32 that these matrices take; the last of a row may be filled up. */
  readonly blocks: number;
  /** In one-dimensional tensors, which stay fp32. */
  readonly vectors: number;
  /** In the token embedding, whose rows are looked up on the CPU and which is never widened. */
  readonly lookup: number;
  /** In the largest other tensor. */
  readonly largest: number;
}

export type ModelSize = Readonly<Record<Tower, TowerSize>>;

/** What is known of the device that towers are to run on. */
export interface DeviceMemory {
  readonly backend: 'wasm' | 'webgpu';
  /** Bytes that the backend may use: of the machine for wasm, of the GPU for WebGPU. Undefined where nothing tells. */
  readonly memoryBytes?: number | undefined;
  /** WebGPU's `maxBufferSize`. */
  readonly maxBufferBytes?: number | undefined;
  /** Whether the device computes in fp16. */
  readonly shaderF16?: boolean | undefined;
}

/** Bytes of one tower. */
export interface TowerFootprint {
  /** On the disk. */
  readonly kept: number;
  /** In the memory of the backend while the tower is open. */
  readonly memory: number;
  /** Of `memory` on wasm; beside it on WebGPU: what lies in the 4 GiB that onnxruntime's wasm can address. */
  readonly heap: number;
  /** In the largest single buffer of a GPU. */
  readonly largest: number;
}

export type Footprint = Readonly<Record<Tower, TowerFootprint>>;

/** Whether a model runs; where it does not, a sentence for a person with the numbers. */
export type Fit = { readonly fits: true } | { readonly fits: false; readonly reason: string };

/**
 * What the estimate assumes beside the weights. Every constant that a measurement may move is here.
 *
 * Why a budget below 4 GiB on wasm: that is all that 32 bits address, and the heap is never without holes.
 */
export const CALIBRATION = {
  /** Bytes of the 4 GiB that wasm32 addresses which are planned with. */
  wasmBudget: 3.5 * 2 ** 30,
  /** onnxruntime itself with the activations of a small batch; planned, not measured. */
  runtime: 256 * 2 ** 20,
} as const;

/** Counts the weights of an architecture's towers. */
export function modelSizeOf({ vision, text }: Pick<Architecture, 'vision' | 'text'>): ModelSize {
  return { image: sizeOf(imageTensors(vision)), text: sizeOf(textTensors(text)) };
}

function sizeOf(shapes: TensorShapes): TowerSize {
  const size = { parameters: 0, linear: 0, blocks: 0, vectors: 0, lookup: 0, largest: 0 };
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, length) => product * length, 1);
    size.parameters += count;
    if (name === 'token_embedding.weight') size.lookup += count;
    else size.largest = Math.max(size.largest, count);
    if (shape.length < 2) size.vectors += count;
    if (dtypeFor(name, shape, 'q8') === 'Q8') {
      const [rows = 0, width = 0] = shape;
      size.linear += count;
      size.blocks += rows * Math.ceil(width / BLOCK);
    }
  }
  return size;
}

/** Bytes of a tower on the disk, up to the gaps between tensors. A block of `q8` takes 34 bytes, of `q4` 18. */
function keptBytes({ parameters, linear, blocks, vectors }: TowerSize, precision: Precision): number {
  if (precision === 'fp32') return 4 * parameters;
  const narrow = parameters - vectors - (bitsOf(precision) === undefined ? 0 : linear);
  return 4 * vectors + 2 * narrow + blocksBytes(blocks, precision, 2);
}

/** Bytes of both towers on the disk. */
export function keptBytesOf({ image, text }: ModelSize, precision: Precision): number {
  return keptBytes(image, precision) + keptBytes(text, precision);
}

/** Bytes of both towers: the larger decides where one is open at a time. */
export function footprintOf(model: ModelSize, precision: Precision, device: DeviceMemory): Footprint {
  return {
    image: towerFootprint(model.image, precision, device),
    text: towerFootprint(model.text, precision, device),
  };
}

function towerFootprint(size: TowerSize, precision: Precision, device: DeviceMemory): TowerFootprint {
  const { parameters, linear, blocks, lookup, largest } = size;
  // fp32 weights are computed with in fp32 even where the device knows fp16; all else is widened where it does not.
  const width = device.backend === 'webgpu' && device.shaderF16 && precision !== 'fp32' ? 2 : 4;
  const inBlocks = bitsOf(precision) !== undefined;
  const opened =
    width * (parameters - lookup - (inBlocks ? linear : 0)) + blocksBytes(blocks, precision, width);
  const table = lookup * (precision === 'fp32' ? 4 : 2);
  const wasm = device.backend === 'wasm';
  return {
    kept: keptBytes(size, precision),
    memory: opened + (wasm ? table : 0) + CALIBRATION.runtime,
    heap: table + CALIBRATION.runtime + (wasm ? opened : 0),
    largest: width * largest,
  };
}

/** @param scale bytes of a block's scale */
function blocksBytes(blocks: number, precision: Precision, scale: number): number {
  const bits = bitsOf(precision);
  return bits === undefined ? 0 : blocks * ((BLOCK * bits) / 8 + scale);
}

function bitsOf(precision: Precision): 8 | 4 | undefined {
  return precision === 'q8' ? 8 : precision === 'q4' ? 4 : undefined;
}

/** Whether each tower has room by itself: towers that do not fit together are opened one at a time. */
export function fits(model: ModelSize, precision: Precision, device: DeviceMemory): Fit {
  const footprint = footprintOf(model, precision, device);
  const towers = (['image', 'text'] as const).toSorted((a, b) => footprint[b].memory - footprint[a].memory);
  for (const tower of towers) {
    const reason = refusal(tower, footprint[tower], precision, device);
    if (reason !== undefined) return { fits: false, reason };
  }
  return { fits: true };
}

function refusal(
  tower: Tower,
  { memory, heap, largest }: TowerFootprint,
  precision: Precision,
  { backend, memoryBytes = Infinity, maxBufferBytes = Infinity }: DeviceMemory,
): string | undefined {
  const needs = `The ${tower} tower in ${PRECISION_NAMES[precision]} needs`;
  if (heap > CALIBRATION.wasmBudget) {
    return `${needs} ${gigabytes(heap)} of the ${gigabytes(CALIBRATION.wasmBudget)} that WebAssembly has room for.`;
  }
  if (memory > memoryBytes) {
    const where = backend === 'wasm' ? 'this device has for it' : 'this GPU has for it';
    return `${needs} ${gigabytes(memory)}, and ${where} ${gigabytes(memoryBytes)}.`;
  }
  if (backend === 'webgpu' && largest > maxBufferBytes) {
    return `${needs} a buffer of ${gigabytes(largest)}, and this GPU allows ${gigabytes(maxBufferBytes)} in one.`;
  }
  return undefined;
}

const PRECISION_NAMES: Readonly<Record<Precision, string>> = {
  fp32: 'fp32',
  'fp16-storage': 'fp16',
  q8: '8 bits',
  q4: '4 bits',
};

/**
 * The precision of the most bytes that the device has room for; undefined where none fits.
 *
 * Why never fp32: fp16 halves what is downloaded into the store, and what it changes in an embedding is far below what
 * two photos differ by.
 */
export function recommendedPrecision(model: ModelSize, device: DeviceMemory): Precision | undefined {
  return PRECISIONS.find((precision) => precision !== 'fp32' && fits(model, precision, device).fits);
}

/** "7.6 GB": decimal, one place. */
function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
