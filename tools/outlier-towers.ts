import type { TowerArchitecture, TowerWeights } from '../src/clip/towers';
import { memoryFiles, readTensor32, type StoredTensor } from '../src/clip/weights/weights';

/** Layer norms, and the matrix whose input each is: rows of a channel in the one, columns in the other. */
const READS = /resblocks\.\d+\.(?:attn\.in_proj_weight|mlp\.c_fc\.weight)$/;
const NORMS = /\.ln_[12]\.(?:weight|bias)$/;

/** Where a block writes into the residual stream: matrices and biases with a row for each channel. */
const WRITES = /resblocks\.\d+\.(?:attn\.out_proj|mlp\.c_proj)\.(?:weight|bias)$/;

/** How a tower gets outliers. */
export interface Outliers {
  /** Channels of the residual stream. */
  readonly channels: readonly number[];
  /** How many times larger they are than they were. */
  readonly factor: number;
  /**
   * `stream`: what the blocks write, which makes another tower, an unstable one. `stream-made-up-for`: the same, made up
   * for by the layer norms, as trained towers learn to. `norms`: what the layer norms give, made up for by the matrices
   * behind them, so that the tower computes what it did.
   */
  readonly where: 'stream' | 'stream-made-up-for' | 'norms';
}

/** A tower in fp32 with channels that are `factor` times as large, as the towers of large CLIPs have. */
export async function withOutliers(
  weights: TowerWeights,
  tower: TowerArchitecture['kind'],
  { channels, factor, where }: Outliers,
): Promise<TowerWeights> {
  const { append, files } = memoryFiles(tower);
  const tensors: StoredTensor[] = [];
  for (const tensor of weights.tensors) {
    const values = await readTensor32(weights, tensor);
    const { name, shape } = tensor;
    const width = shape.slice(1).reduce((a, b) => a * b, 1);
    const times = timesFor(name, where, factor);
    for (const channel of times === 1 ? [] : channels) {
      if (READS.test(name)) for (let at = channel; at < values.length; at += width) values[at]! *= times;
      else for (let at = channel * width; at < (channel + 1) * width; at++) values[at]! *= times;
    }
    const bytes = new Uint8Array(values.buffer);
    tensors.push({ name, dtype: 'F32', shape, byteLength: bytes.byteLength, ...(await append(bytes)) });
  }
  return { tensors, files };
}

function timesFor(name: string, where: Outliers['where'], factor: number): number {
  if (where === 'norms') return NORMS.test(name) ? factor : READS.test(name) ? 1 / factor : 1;
  if (WRITES.test(name)) return factor;
  return where === 'stream-made-up-for' && NORMS.test(name) ? 1 / factor : 1;
}
