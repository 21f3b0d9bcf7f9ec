import type { WeightFile } from '../session';
import { ownFile, type Weights } from './own-files';
import { isLinear, memoryFiles } from './weights';
import { readTensor32, type StoredTensor } from './stored-tensor';

/**
 * The matrix `[out, in]` of a linear layer for int8 arithmetic. First the weights, int8 `[in, out]`: each is its
 * multiple, -127..127, of the scale of its output. Then, aligned, the scales, fp32 `[out]`. It exists in memory alone.
 */
export interface Int8Tensor {
  readonly name: string;
  readonly dtype: 'I8';
  /** `[out, in]`, as PyTorch has it. */
  readonly shape: readonly number[];
  readonly file: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** How a tower is brought into int8: all matrices as they are, unless a check of the model asked for more. */
export interface Int8Plan {
  /** The matrices that stay as they are stored, by name. */
  readonly exact: readonly string[];
  /**
   * For layer norms by name: channels to divide by a power of two, as `[channel, exponent]`. The matrix behind the norm
   * is multiplied by it.
   */
  readonly folded: Readonly<Record<string, readonly (readonly [channel: number, exponent: number])[]>>;
}

export const PLAIN_INT8: Int8Plan = { exact: [], folded: {} };

/** Scales begin at a multiple of this, as the runtime views them. */
const ALIGNMENT = 64;

/** Bytes up to which a tensor in half precision is widened here: not the tokens of CLIP's own vocabulary. */
const SMALL = 2 ** 22;

/** Rows that are written at once: a cache line of each column. */
const TILE = 64;

/** The end of a matrix' name, and of that of the layer norm in front of it, in the families that have one there. */
const NORMS = [
  [/\.attn\.in_proj_weight$/, '.ln_1'],
  [/\.mlp\.c_fc\.weight$/, '.ln_2'],
  [/\.self_attn\.[qkv]_proj\.weight$/, '.self_attn_layer_norm'],
  [/(?<!\.mlp)\.fc1\.weight$/, '.final_layer_norm'],
  // timm's Eva, ViTamin, ConvNeXt and FastViT, the last with a BatchNorm too, which is folded alike.
  [/\.attn\.(?:qkv|[qkv]_proj)\.weight$/, '.norm1'],
  [/\.attn\.proj\.weight$/, '.attn.norm'],
  [/(?<=\.trunk\.blocks\.\d+)\.mlp\.fc1(?:_[gx])?\.weight$/, '.norm2'],
  [/\.mlp\.fc2\.weight$/, '.mlp.norm'],
  [/\.mlp\.w[01]\.weight$/, '.mlp.norm'],
  [/(?<=\.stages\.\d+\.blocks\.\d+)\.mlp\.fc1\.weight$/, '.norm'],
  [/\.token_mixer\.qkv\.weight$/, '.norm'],
] as const;

/** Bytes from the start of an `Int8Tensor` to its scales. */
export function int8ScalesStart([rows = 0, width = 0]: readonly number[]): number {
  return Math.ceil((rows * width) / ALIGNMENT) * ALIGNMENT;
}

/**
 * A tower with its large matrices in int8, made from whatever precision they are stored in, and everything else where
 * it is, but small tensors in fp32.
 *
 * Why they are made when a tower opens, and not kept: a matrix is read, widened and rounded one at a time, so memory
 * holds the int8 tower (a quarter of fp32) and one wide matrix. It takes 33 ms of the 190 in which clipscope-l's image
 * tower opens: what onnxruntime does with int8 matrices takes most of the rest. Kept, they would take disk for each model
 * beside its stored precision, and a model stored by an older version would have none.
 * @throws ModelDamaged if a tensor is not as it was kept
 */
export async function int8Weights(
  weights: Weights,
  { exact, folded }: Int8Plan,
): Promise<Weights<StoredTensor | Int8Tensor>> {
  const tensors: (StoredTensor | Int8Tensor)[] = [];
  const { append, files } = memoryFiles('int8');
  const kept: WeightFile[] = [];
  for (const tensor of weights.tensors) {
    const { name, shape } = tensor;
    // A convolution of another family may be called as a matrix behind a norm is.
    const norm = hasInt8(name, shape) ? normName(name) : undefined;
    const channels = folded[norm ?? name.replace(/\.(?:weight|bias)$/, '')];
    if (hasInt8(name, shape) && !exact.includes(name)) {
      const values = await readTensor32(weights, tensor);
      if (channels) multiplyColumns(values, shape, channels);
      const bytes = quantise(values, shape);
      tensors.push({ name, dtype: 'I8', shape, byteLength: bytes.byteLength, ...(await append(bytes)) });
    } else if (channels || isSmallHalf(tensor)) {
      const values = await readTensor32(weights, tensor);
      if (channels && hasInt8(name, shape)) multiplyColumns(values, shape, channels);
      else for (const [channel, exponent] of channels ?? []) values[channel]! *= 2 ** -exponent;
      const bytes = new Uint8Array(values.buffer);
      tensors.push({ name, dtype: 'F32', shape, byteLength: bytes.byteLength, ...(await append(bytes)) });
    } else {
      const file = ownFile(weights, tensor);
      kept.push(file);
      tensors.push({ ...tensor, file: file.path, offset: 0 });
    }
  }
  return { tensors, files: [...files, ...kept] };
}

/**
 * Whether a tensor that stays as it is would go through a Cast.
 *
 * Why that is avoided: onnxruntime's Cast is one function for every pair of types, of half a megabyte. After a handful
 * of calls a browser optimises it, which takes a core 0.7 s, as long as the towers take for half of the sample album.
 */
function isSmallHalf({ dtype, byteLength }: StoredTensor): boolean {
  return dtype === 'F16' && byteLength <= SMALL;
}

/** Whether a tensor of this name and shape is a matrix that int8 arithmetic speeds up. */
export function hasInt8(name: string, shape: readonly number[]): boolean {
  // Of SigLIP's map head only `kv` has many rows; the rest runs once for each picture, and `q` is folded.
  return isLinear(name, shape) && !/\.attn_pool\.(?!kv\.)/.test(name);
}

/**
 * The layer norm whose output is the only input of a matrix, if there is one, and goes to such matrices alone.
 * @param inOrder names of the tower's tensors in the order of use: a norm of EVA-02-E's, behind the matrix, is not before it
 */
export function normBefore(name: string, inOrder: readonly string[]): string | undefined {
  const norm = normName(name);
  const at = inOrder.indexOf(`${norm}.weight`);
  return at >= 0 && at < inOrder.indexOf(name) ? norm : undefined;
}

/** What a norm before a matrix is called, whether there is one or not. */
function normName(name: string): string | undefined {
  const found = NORMS.find(([matrix]) => matrix.test(name));
  return found && name.replace(found[0], found[1]);
}

/** Multiplies columns of `values`, `[rows, width]`, in place. */
function multiplyColumns(
  values: Float32Array,
  [, width = 0]: readonly number[],
  channels: readonly (readonly [channel: number, exponent: number])[],
): void {
  for (const [channel, exponent] of channels) {
    for (let at = channel; at < values.length; at += width) values[at]! *= 2 ** exponent;
  }
}

/** The bytes of an `Int8Tensor` with these values, `[rows, width]`. */
function quantise(values: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const [rows = 0, width = 0] = shape;
  const start = int8ScalesStart(shape);
  const bytes = new Uint8Array(start + 4 * rows);
  const levels = new Int8Array(bytes.buffer, 0, rows * width);
  const scales = new Float32Array(bytes.buffer, start, rows);
  const tile = new Int8Array(TILE * width);
  for (let first = 0; first < rows; first += TILE) {
    const count = Math.min(TILE, rows - first);
    for (let row = 0; row < count; row++) {
      scales[first + row] = quantiseRow(values, (first + row) * width, tile, row * width, width);
    }
    for (let column = 0; column < width; column++) {
      let to = column * rows + first;
      for (let from = column; from < count * width; from += width) levels[to++] = tile[from]!;
    }
  }
  return bytes;
}

/** Writes the levels of one row and returns its scale: the largest weight becomes 127 or -127. */
function quantiseRow(
  values: Float32Array,
  from: number,
  levels: Int8Array,
  to: number,
  width: number,
): number {
  let most = 0;
  for (let at = from; at < from + width; at++) {
    const size = Math.abs(values[at]!);
    if (size > most) most = size;
  }
  const perLevel = most === 0 ? 0 : 127 / most;
  // Cutting what is positive rounds, seven times faster than Math.round.
  for (let at = 0; at < width; at++) levels[to + at] = ((values[from + at]! * perLevel + 128.5) | 0) - 128;
  return most / 127;
}
