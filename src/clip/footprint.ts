import type { Architecture } from './architecture';
import { WASM_BYTES } from './config/room';
import { textFamily } from './families/text-families';
import { BLOCK } from './weights/quantise';
import type { TensorShapes } from './weights/tensor-shapes';
import { imageTensors, textTensors, type CheckpointTensors, type Tower } from './weights/tensors';
import { dtypeFor, PRECISIONS, requireOnePiece, storedBytes, type Precision } from './weights/weights';

/** Weight counts of a tower, by storage format. */
export interface TowerSize {
  /** All weights. */
  readonly parameters: number;
  /** In the matrices that `q8` and `q4` quantise. */
  readonly linear: number;
  /** Blocks of 32 in these matrices; the last of a row may be padded. */
  readonly blocks: number;
  /** In one-dimensional tensors, which stay fp32. */
  readonly vectors: number;
  /** In the token embedding, which is looked up on the CPU and never widened. */
  readonly lookup: number;
  /** In the largest other tensor. */
  readonly largest: number;
}

export type ModelSize = Readonly<Record<Tower, TowerSize>>;

/** What is known about the target device. */
export interface DeviceMemory {
  readonly backend: 'wasm' | 'webgpu';
  /** Bytes available to the backend: RAM for wasm, GPU memory for WebGPU. Undefined if unknown. */
  readonly memoryBytes?: number | undefined;
  /** WebGPU's `maxBufferSize`. */
  readonly maxBufferBytes?: number | undefined;
  /** Whether the device supports fp16 arithmetic. */
  readonly shaderF16?: boolean | undefined;
}

/** Memory needs of one tower, in bytes. */
export interface TowerFootprint {
  /** On disk. */
  readonly kept: number;
  /** In backend memory while the tower is open. */
  readonly memory: number;
  /** In onnxruntime's wasm heap of at most 4 GiB: part of `memory` on wasm, in addition to it on WebGPU. */
  readonly heap: number;
  /** In the largest single GPU buffer. */
  readonly largest: number;
}

export type Footprint = Readonly<Record<Tower, TowerFootprint>>;

/** Whether a model fits; if not, a sentence for the user with the numbers. */
export type Fit = { readonly fits: true } | { readonly fits: false; readonly reason: string };

/**
 * Assumptions of the estimate besides the weights: all constants that a measurement may change.
 */
export const CALIBRATION = {
  /** Usable bytes of wasm32's 4 GiB address space. */
  wasmBudget: WASM_BYTES,
  /** onnxruntime itself and the activations of a small batch; an assumption, not measured. */
  runtime: 256 * 2 ** 20,
} as const;

/**
 * Counts the weights of an architecture's towers.
 * @param found the tensors that a checkpoint has of them, which may be fewer: folded for inference; default: as trained
 */
export function modelSizeOf(
  { vision, text }: Pick<Architecture, 'vision' | 'text'>,
  found?: Pick<CheckpointTensors, Tower>,
): ModelSize {
  return {
    image: sizeOf(found ? shapesOf(found.image) : imageTensors(vision)),
    text: sizeOf(found ? shapesOf(found.text) : textTensors(text), textFamily(text).lookup),
  };
}

function shapesOf(tensors: CheckpointTensors[Tower]): TensorShapes {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape]));
}

/**
 * Refuses a model that no browser can hold: one of its tensors takes more than one buffer in every precision.
 * @throws ModelTooLarge naming the tensor
 */
export function requireStorable({ vision, text }: Pick<Architecture, 'vision' | 'text'>): void {
  for (const [name, shape] of [...imageTensors(vision), ...textTensors(text)]) {
    requireOnePiece(name, Math.min(...PRECISIONS.map((one) => storedBytes(name, shape, one))));
  }
}

function sizeOf(shapes: TensorShapes, lookup?: string): TowerSize {
  const size = { parameters: 0, linear: 0, blocks: 0, vectors: 0, lookup: 0, largest: 0 };
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, length) => product * length, 1);
    size.parameters += count;
    if (name === lookup) size.lookup += count;
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

/** Bytes of a tower on disk, without the gaps between tensors. A `q8` block takes 34 bytes, a `q4` block 18. */
function keptBytes({ parameters, linear, blocks, vectors }: TowerSize, precision: Precision): number {
  if (precision === 'fp32') return 4 * parameters;
  const narrow = parameters - vectors - (bitsOf(precision) === undefined ? 0 : linear);
  return 4 * vectors + 2 * narrow + blocksBytes(blocks, precision, 2);
}

/** Bytes of both towers on disk. */
export function keptBytesOf({ image, text }: ModelSize, precision: Precision): number {
  return keptBytes(image, precision) + keptBytes(text, precision);
}

/** Bytes of each tower: if only one is open at a time, the larger decides. */
export function footprintOf(model: ModelSize, precision: Precision, device: DeviceMemory): Footprint {
  return {
    image: towerFootprint(model.image, precision, device),
    text: towerFootprint(model.text, precision, device),
  };
}

function towerFootprint(size: TowerSize, precision: Precision, device: DeviceMemory): TowerFootprint {
  const { parameters, linear, blocks, lookup, largest } = size;
  // fp32 weights compute in fp32 even on a device with fp16; other weights are widened on a device without it.
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

/** Whether each tower fits alone: towers that do not fit together are opened one at a time. */
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
 * The highest precision that fits the device; undefined if none does.
 *
 * Why never fp32: fp16 halves the stored size, and its effect on an embedding is far smaller than the difference
 * between two photos.
 */
export function recommendedPrecision(model: ModelSize, device: DeviceMemory): Precision | undefined {
  return PRECISIONS.find((precision) => precision !== 'fp32' && fits(model, precision, device).fits);
}

/** "7.6 GB": decimal, one place. */
function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
