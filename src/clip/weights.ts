import type { ByteSource } from '../formats/byte-source';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from '../formats/float16';
import type { TensorInfo } from '../formats/safetensors';

/** A weight as it is kept: little-endian bytes at an offset of a file. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: 'F32' | 'F16';
  readonly shape: readonly number[];
  readonly file: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** fp32: every weight as fp32. fp16-storage: matrices as fp16, vectors as fp32. */
export type Precision = 'fp32' | 'fp16-storage';

/** Takes one tensor's bytes and says where they went. */
export type AppendBytes = (bytes: Uint8Array<ArrayBuffer>) => Promise<{ file: string; offset: number }>;

/**
 * Copies `tensors` from a checkpoint, one at a time, in the asked precision.
 * @param onBytes called after each tensor with the bytes read from the checkpoint
 */
export async function storeTensors(
  source: ByteSource,
  tensors: ReadonlyMap<string, TensorInfo>,
  precision: Precision,
  append: AppendBytes,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<StoredTensor[]> {
  const stored: StoredTensor[] = [];
  for (const [name, info] of tensors) {
    const dtype = precision === 'fp16-storage' && info.shape.length > 1 ? 'F16' : 'F32';
    const bytes = convert(await source.slice(info.start, info.end), info.dtype, dtype);
    const place = await append(bytes);
    stored.push({ name, dtype, shape: info.shape, ...place, byteLength: bytes.byteLength });
    onBytes(info.end - info.start);
  }
  return stored;
}

/** Files of a tower held in memory, one a tensor. */
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
  const bytes = convert(await source.slice(info.start, info.end), info.dtype, 'F32');
  return new Float32Array(bytes.buffer, bytes.byteOffset, 1)[0] ?? 0;
}

/** @returns the same numbers in `to`; the buffer itself where nothing has to change */
function convert(buffer: ArrayBuffer, from: string, to: 'F32' | 'F16'): Uint8Array<ArrayBuffer> {
  if (from === to) return new Uint8Array(buffer);
  const wide = widen(buffer, from);
  const values = to === 'F32' ? wide : float32ToFloat16(wide);
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
