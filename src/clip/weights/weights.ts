import { grouped } from '../../core/digits';
import { Failure } from '../../core/failure';
import { bufferSource, type ByteSource } from '../../formats/byte-source';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from '../../formats/float16';
import { elementCount, readTensor, type TensorInfo } from '../../formats/safetensors';
import { requireFinite } from './finite';
import { quantiseRows, scalesOf } from './quantise';
import { layoutOf, tensorBytes, type StoredTensor } from './stored-tensor';
import type { PlacedTensor } from './tensor-shapes';

export { readPieces32, readTensor32, requireSums, storedTensor, totalBytes } from './stored-tensor';
export { tensorSum } from './tensor-sum';
export type { StoredTensor } from './stored-tensor';

/**
 * Storage precision of weights. `fp32`: all as fp32. `fp16-storage`: matrices as fp16, vectors as fp32. `q8` and `q4`:
 * like `fp16-storage`, but linear layers inside a tower in blocks of 32 that share a scale, about 8.5 and 4.5 bits per
 * weight.
 */
export type Precision = (typeof PRECISIONS)[number];

/** From largest to smallest. */
export const PRECISIONS = ['fp32', 'fp16-storage', 'q8', 'q4'] as const;

/** The type of the numbers that flow through a graph: fp16 only on a WebGPU device with `shader-f16`. */
export type Floats = 'fp32' | 'fp16';

/** Arithmetic of a tower. `int8`, on wasm only: fp32, with the large matrices multiplied as whole numbers. */
export type Arithmetic = Floats | 'int8';

/** Stores one tensor's bytes and returns where, with their `tensorSum` if they may be damaged there. */
export type AppendBytes = (
  bytes: Uint8Array<ArrayBuffer>,
) => Promise<{ file: string; offset: number; sum?: number }>;

/** Maximum bytes of a checkpoint read at a time (or one row, if longer). */
const SLICE_BYTES = 2 ** 26;

/**
 * Copies `tensors` from a checkpoint, one at a time, in the requested precision. Each is read in slices of at most
 * 64 MiB, so memory holds little besides the converted tensor.
 * @param onBytes called after each slice with the bytes read from the checkpoint
 * @throws WeightsUnusable naming the first tensor with NaN, an infinite number, or one that `precision` cannot hold
 */
export async function storeTensors(
  source: ByteSource,
  tensors: ReadonlyMap<string, PlacedTensor>,
  precision: Precision,
  append: AppendBytes,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<StoredTensor[]> {
  const stored: StoredTensor[] = [];
  for (const [name, info] of tensors) {
    const { shape } = info;
    const dtype = dtypeFor(name, shape, precision);
    const bytes = await convertTensor(source, info, dtype, onBytes);
    const place = await append(bytes);
    stored.push({ name, dtype, shape, ...place, byteLength: bytes.byteLength });
  }
  return stored;
}

/** The storage dtype of a tensor with this name and shape. */
export function dtypeFor(
  name: string,
  shape: readonly number[],
  precision: Precision,
): StoredTensor['dtype'] {
  if (precision === 'fp32' || shape.length < 2) return 'F32';
  if (precision === 'fp16-storage' || !isLinear(name, shape)) return 'F16';
  return precision === 'q8' ? 'Q8' : 'Q4';
}

/** Stored bytes of a tensor with this name and shape. */
export function storedBytes(name: string, shape: readonly number[], precision: Precision): number {
  return tensorBytes(dtypeFor(name, shape, precision), shape);
}

/** In-memory files of a tower, one per tensor. */
export interface MemoryFiles {
  readonly append: AppendBytes;
  readonly files: { path: string; data: Uint8Array<ArrayBuffer> }[];
}

export function memoryFiles(prefix: string): MemoryFiles {
  const files: MemoryFiles['files'] = [];
  const append: AppendBytes = (data) => {
    const path = `${prefix}.${files.length}.bin`;
    files.push({ path, data });
    return Promise.resolve({ file: path, offset: 0 });
  };
  return { append, files };
}

/** The one value of a scalar tensor. */
export async function readScalar(source: ByteSource, info: TensorInfo): Promise<number> {
  return widen(await readTensor(source, info), info.dtype)[0] ?? 0;
}

/**
 * Why embeddings and projections are never quantised: they are a small part of a tower and are read once per run, and
 * no later layer would compensate for their errors.
 */
export function isLinear(name: string, shape: readonly number[]): boolean {
  return shape.length === 2 && LINEAR.test(name);
}

/** The linear layers of a tower's numbered blocks, and of SigLIP's map head. */
const LINEAR = /\.(?:(?:resblocks|blocks|layers?)\.\d+|attn_pool)\..*weight$/;

async function convertTensor(
  source: ByteSource,
  info: PlacedTensor,
  to: StoredTensor['dtype'],
  onBytes: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const { shape, start, end, dtype } = info;
  requireOnePiece(info.name, tensorBytes(to, shape));
  if (info.strides || info.pieces) {
    const inOrder = await readTensor(source, info);
    const { strides: _, pieces: __, ...rest } = { ...info, start: 0, end: inOrder.byteLength };
    return convertTensor(bufferSource(inOrder), rest, to, onBytes);
  }
  if (info.resize && (to === 'F32' || to === 'F16')) {
    const values = info.resize(widen(await source.slice(start, end), dtype));
    onBytes(end - start);
    return convert(info.name, values.buffer, 'F32', to);
  }
  const tensor = new Uint8Array(tensorBytes(to, shape));
  const rows = shape.length < 2 ? 1 : elementCount(shape.slice(0, -1));
  const rowBytes = (end - start) / rows;
  const step = Math.max(1, Math.floor(SLICE_BYTES / rowBytes));
  for (let row = 0; row < rows; row += step) {
    const from = start + row * rowBytes;
    const until = Math.min(end, from + step * rowBytes);
    const slice = await source.slice(from, until);
    if (to === 'Q8' || to === 'Q4') {
      const values = widen(slice, dtype);
      requireFinite(info.name, values);
      quantiseRows(values, row, layoutOf({ dtype: to, shape }), tensor);
    } else {
      tensor.set(convert(info.name, slice, dtype, to), (row * tensor.length) / rows);
    }
    onBytes(until - from);
  }
  if (to === 'Q8' || to === 'Q4') requireFinite(info.name, scalesOf(tensor, layoutOf({ dtype: to, shape })));
  return tensor;
}

/** What a browser surely holds in one buffer, and hands to a runtime. */
const MOST_TENSOR_BYTES = 2 ** 31 - 1;

/** @throws ModelTooLarge with the number, before memory is taken */
export function requireOnePiece(name: string, bytes: number): void {
  if (bytes <= MOST_TENSOR_BYTES) return;
  const needs = `${grouped(bytes)} bytes, more than a browser holds in one piece`;
  throw new Failure('ModelTooLarge', `The tensor ${name} takes ${needs}.`);
}

/** @returns the values as `to`; the same buffer if nothing changes */
function convert(
  name: string,
  buffer: ArrayBuffer,
  from: string,
  to: 'F32' | 'F16',
): Uint8Array<ArrayBuffer> {
  if (from === 'F16' && to === 'F16') {
    requireFinite(name, new Uint16Array(buffer));
    return new Uint8Array(buffer);
  }
  const wide = widen(buffer, from);
  requireFinite(name, wide);
  const values = to === 'F32' ? wide : float32ToFloat16(wide);
  if (values !== wide) requireFinite(name, values);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function widen(buffer: ArrayBuffer, from: string): Float32Array<ArrayBuffer> {
  switch (from) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return float16ToFloat32(new Uint16Array(buffer));
    case 'BF16':
      return bfloat16ToFloat32(new Uint16Array(buffer));
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    default:
      throw new RangeError(`Weights of type ${from} cannot be converted.`);
  }
}
