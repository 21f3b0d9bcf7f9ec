import { float16ToFloat32, float32ToFloat16 } from '../../formats/float16';

/** Bits per weight. */
export type Bits = 4 | 8;

/** Consecutive weights of a row that share a scale. The last block of a row is padded with zeros. */
export const BLOCK = 32;

/**
 * Why scales are aligned to 64 bytes: the weight store aligns tensors so, and a reader may view them in place.
 */
const ALIGNMENT = 64;

/**
 * The layout of a block-quantised matrix `[rows, width]`. First the weights, `[rows, blocks, 32 * bits / 8]`, as
 * unsigned numbers: each is its multiple of the scale plus `2 ** (bits - 1)`; with 4 bits, two per byte (the first in
 * the low half). Then the scales, fp16 `[rows, blocks]`. This is the layout of `MatMulNBits`, in PyTorch's order `[out,
 * in]`.
 *
 * Why no zero points: for weights they cost more than they gain; with them, the built-in model's worst cosine in 4 bits
 * is the same to three digits.
 */
export interface BlockLayout {
  readonly rows: number;
  readonly width: number;
  readonly bits: Bits;
  /** Blocks per row. */
  readonly blocks: number;
  /** Bytes of one block's weights. */
  readonly blockBytes: number;
  readonly dataBytes: number;
  /** Offset of the scales from the tensor's first byte. */
  readonly scalesStart: number;
  readonly scalesBytes: number;
  readonly byteLength: number;
}

export function blockLayout([rows = 0, width = 0]: readonly number[], bits: Bits): BlockLayout {
  const blocks = Math.ceil(width / BLOCK);
  const blockBytes = (BLOCK * bits) / 8;
  const dataBytes = rows * blocks * blockBytes;
  const scalesStart = Math.ceil(dataBytes / ALIGNMENT) * ALIGNMENT;
  const scalesBytes = 2 * rows * blocks;
  const byteLength = scalesStart + scalesBytes;
  return { rows, width, bits, blocks, blockBytes, dataBytes, scalesStart, scalesBytes, byteLength };
}

/**
 * Quantises some rows of a matrix into `tensor`, which holds the whole matrix.
 * @param values fp32 `[n, layout.width]`
 * @param firstRow the row of the matrix at which `values` starts
 */
export function quantiseRows(
  values: Float32Array,
  firstRow: number,
  layout: BlockLayout,
  tensor: Uint8Array<ArrayBuffer>,
): void {
  const { width, bits, blocks, blockBytes } = layout;
  const block = new Float32Array(BLOCK);
  const rows = values.length / width;
  const wide = new Float32Array(rows * blocks);
  const each = (visit: (at: number) => void) => {
    for (let row = 0, at = 0; row < rows; row++) {
      for (let start = 0; start < width; start += BLOCK, at++) {
        const end = Math.min(width, start + BLOCK);
        block.fill(0);
        for (let from = start; from < end; from++) block[from - start] = values[row * width + from] ?? 0;
        visit(at);
      }
    }
  };
  each((at) => {
    wide[at] = bits === 8 ? largestScale(block) : bestScale(block);
  });
  const halves = float32ToFloat16(wide);
  scalesOf(tensor, layout).set(halves, firstRow * blocks);
  const rounded = float16ToFloat32(halves);
  const write = bits === 8 ? writeBytes : writeNibbles;
  each((at) => {
    write(block, rounded[at] ?? 0, tensor, (firstRow * blocks + at) * blockBytes);
  });
}

/** Dequantises a whole `tensor` to fp32 `[rows, width]`. */
export function dequantise(tensor: Uint8Array<ArrayBuffer>, layout: BlockLayout): Float32Array<ArrayBuffer> {
  const { rows, width, bits, blocks, blockBytes } = layout;
  const scales = float16ToFloat32(scalesOf(tensor, layout));
  const values = new Float32Array(rows * width);
  const levelOf = bits === 8 ? readByte : readNibble;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < width; column++, at++) {
      const block = row * blocks + Math.floor(column / BLOCK);
      values[at] = levelOf(tensor, block * blockBytes, column % BLOCK) * (scales[block] ?? 0);
    }
  }
  return values;
}

/** The scales of a block-quantised `tensor`, as the bits of fp16. */
export function scalesOf(
  tensor: Uint8Array<ArrayBuffer>,
  { rows, blocks, scalesStart }: BlockLayout,
): Uint16Array<ArrayBuffer> {
  return new Uint16Array(tensor.buffer, tensor.byteOffset + scalesStart, rows * blocks);
}

function readByte(tensor: Uint8Array, block: number, index: number): number {
  return (tensor[block + index] ?? 0) - 128;
}

function readNibble(tensor: Uint8Array, block: number, index: number): number {
  return (((tensor[block + (index >> 1)] ?? 0) >> (4 * (index & 1))) & 15) - 8;
}

/** With 8 bits, the largest weight becomes 127 or -127. */
function largestScale(block: Float32Array): number {
  return Math.abs(extreme(block)) / 127;
}

/** Search steps to each side. */
const STEPS = 9;

/**
 * The scale with the smallest squared error in 4 bits. Why not the largest weight over 7: one outlier makes the 16
 * levels coarse for the other 31 weights of its block, and clipping it a little often lowers the error. The search
 * first puts the extreme weight on level -8 (so the scale has the opposite sign), then moves it by 0.1 levels to each
 * side; for the levels of each candidate, the best scale is the least-squares fit.
 */
function bestScale(block: Float32Array): number {
  const most = extreme(block);
  if (most === 0) return 0;
  let best = -most / 8;
  let gained = 0;
  for (let step = -STEPS; step <= STEPS; step++) {
    const perLevel = -(8 + 0.1 * step) / most;
    let [product, square] = [0, 0];
    for (const value of block) {
      const level = Math.max(-8, Math.min(7, Math.round(value * perLevel)));
      product += value * level;
      square += level * level;
    }
    // The squared error is that of all zeros minus this gain.
    const gain = (product * product) / square;
    if (gain > gained) [best, gained] = [product / square, gain];
  }
  return best;
}

/** The value of largest magnitude, with its sign. */
function extreme(block: Float32Array): number {
  let most = 0;
  for (const value of block) if (Math.abs(value) > Math.abs(most)) most = value;
  return most;
}

function writeBytes(block: Float32Array, scale: number, tensor: Uint8Array, at: number): void {
  const perLevel = scale === 0 ? 0 : 1 / scale;
  for (let index = 0; index < BLOCK; index++) {
    const level = Math.round((block[index] ?? 0) * perLevel);
    tensor[at + index] = Math.max(-128, Math.min(127, level)) + 128;
  }
}

function writeNibbles(block: Float32Array, scale: number, tensor: Uint8Array, at: number): void {
  const perLevel = scale === 0 ? 0 : 1 / scale;
  for (let index = 0; index < BLOCK; index += 2) {
    const low = Math.max(-8, Math.min(7, Math.round((block[index] ?? 0) * perLevel))) + 8;
    const high = Math.max(-8, Math.min(7, Math.round((block[index + 1] ?? 0) * perLevel))) + 8;
    tensor[at + (index >> 1)] = low | (high << 4);
  }
}
