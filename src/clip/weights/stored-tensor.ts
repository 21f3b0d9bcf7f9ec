import * as v from 'valibot';
import { listOf, recordOf, size } from '../../core/schema';
import { float16ToFloat32 } from '../../formats/float16';
import { Failure } from '../../core/failure';
import { elementCount } from '../../formats/safetensors';
import { blockLayout, dequantise, type BlockLayout } from './quantise';
import { tensorSum } from './tensor-sum';
import type { WeightFile } from '../session';

/** Schema of a weight stored as one of `dtypes`. */
/* @__NO_SIDE_EFFECTS__ */
function storedAs<const TDtypes extends readonly string[]>(dtypes: TDtypes) {
  return recordOf({
    name: v.string(),
    dtype: v.picklist(dtypes),
    shape: listOf(size),
    file: v.string(),
    /** First byte in the file. */
    offset: size,
    /** Bytes in the file. */
    byteLength: size,
    /** Its `tensorSum`; absent in memory and in models kept by older versions. */
    sum: v.exactOptional(size),
  });
}

/** A weight stored as numbers, row-major and little-endian. */
export type PlainTensor = v.InferOutput<typeof plainTensor>;

const plainTensor = storedAs(['F32', 'F16']);

/** The block-quantised matrix `[out, in]` of a linear layer, in the layout of `blockLayout`. */
export type BlockTensor = v.InferOutput<typeof blockTensor>;

const blockTensor = storedAs(['Q8', 'Q4']);

/** A stored weight. */
export type StoredTensor = PlainTensor | BlockTensor;

/** Schema of a `StoredTensor` whose length fits its dtype and shape. */
export const storedTensor = v.pipe(
  v.variant('dtype', [plainTensor, blockTensor]),
  v.check(
    (tensor) =>
      (!isBlockTensor(tensor) || tensor.shape.length === 2) &&
      tensor.byteLength === tensorBytes(tensor.dtype, tensor.shape),
  ),
);

export function isBlockTensor(tensor: StoredTensor): tensor is BlockTensor {
  return tensor.dtype === 'Q8' || tensor.dtype === 'Q4';
}

/** Stored bytes of a tensor with this dtype and shape. */
export function tensorBytes(dtype: StoredTensor['dtype'], shape: readonly number[]): number {
  switch (dtype) {
    case 'F32':
      return 4 * elementCount(shape);
    case 'F16':
      return 2 * elementCount(shape);
    case 'Q8':
    case 'Q4':
      return layoutOf({ dtype, shape }).byteLength;
  }
}

/** Total bytes of these tensors. */
export function totalBytes(tensors: readonly Pick<StoredTensor, 'byteLength'>[]): number {
  return tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The files of a tower's weights. */
interface Weights {
  readonly files: readonly WeightFile[];
}

/** The block layout of a matrix. */
export function layoutOf({ dtype, shape }: Pick<BlockTensor, 'dtype' | 'shape'>): BlockLayout {
  return blockLayout(shape, dtype === 'Q8' ? 8 : 4);
}

/** Maximum numbers per piece of `readPieces32`: 64 MiB. */
const PIECE = 2 ** 24;

/**
 * The fp32 values of a stored tensor, row-major: exact for fp32 and fp16, dequantised for blocks.
 * @param weights the tower's files
 * @throws RangeError if the tensor's file is missing or too short; ModelDamaged if it is not as it was kept
 */
export async function readTensor32(
  weights: Weights,
  tensor: StoredTensor,
): Promise<Float32Array<ArrayBuffer>> {
  const bytes = await readBytes(weights, tensor, 0, tensor.byteLength);
  if (tensor.sum !== undefined) requireSum(tensor, tensorSum(new Uint8Array(bytes)));
  return isBlockTensor(tensor) ? dequantise(new Uint8Array(bytes), layoutOf(tensor)) : widen(bytes, tensor);
}

/** The same in consecutive pieces of at most 64 MiB; a block-quantised matrix, never large, is one piece. */
export async function* readPieces32(
  weights: Weights,
  tensor: StoredTensor,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  if (isBlockTensor(tensor)) {
    yield await readTensor32(weights, tensor);
    return;
  }
  const step = PIECE * (tensor.dtype === 'F32' ? 4 : 2);
  let sum = 0;
  for (let start = 0; start < tensor.byteLength; start += step) {
    const end = Math.min(tensor.byteLength, start + step);
    const bytes = await readBytes(weights, tensor, start, end);
    sum = tensorSum(new Uint8Array(bytes), sum);
    yield widen(bytes, tensor);
  }
  requireSum(tensor, sum);
}

/** Checks the tensors within a whole file. @throws ModelDamaged naming the first that is not as it was kept */
export function requireSums(tensors: readonly StoredTensor[], file: ArrayBuffer): void {
  for (const tensor of tensors) {
    requireSum(tensor, tensorSum(new Uint8Array(file, tensor.offset, tensor.byteLength)));
  }
}

/** @throws ModelDamaged */
function requireSum({ name, sum }: StoredTensor, found: number): void {
  if (sum === undefined || sum === found) return;
  throw new Failure('ModelDamaged', `The weights are damaged on this device: ${name} is not as it was kept.`);
}

function widen(bytes: ArrayBuffer, { dtype }: PlainTensor): Float32Array<ArrayBuffer> {
  return dtype === 'F32' ? new Float32Array(bytes) : float16ToFloat32(new Uint16Array(bytes));
}

/** Bytes `start` to `end` of the tensor. */
async function readBytes(
  { files }: Weights,
  { name, file, offset }: StoredTensor,
  start: number,
  end: number,
): Promise<ArrayBuffer> {
  const data = files.find(({ path }) => path === file)?.data;
  const bytes = data?.slice(offset + start, offset + end);
  const buffer = bytes instanceof Blob ? await bytes.arrayBuffer() : bytes?.buffer;
  if (buffer?.byteLength !== end - start) {
    throw new RangeError(
      `${name} takes bytes ${offset} to ${offset + end} of ${file}, which it does not have.`,
    );
  }
  return buffer;
}
