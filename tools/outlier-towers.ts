import type { TowerArchitecture, TowerWeights } from '../src/clip/towers';
import { memoryFiles, readTensor32, type StoredTensor } from '../src/clip/weights/weights';

/** Where a block writes into the residual stream: matrices and biases with a row for each channel. */
const WRITES = /resblocks\.\d+\.(?:attn\.out_proj|mlp\.c_proj)\.(?:weight|bias)$/;

/** How a tower gets outliers. */
export interface Outliers {
  /** Channels of the residual stream. */
  readonly channels: readonly number[];
  /** How many times larger they are than they were. */
  readonly factor: number;
  /** Whether the layer norms make up for it, as trained towers learn to. */
  readonly isMadeUpFor: boolean;
}

/** A tower in fp32 whose blocks write `factor` times as much into some channels, as the towers of large CLIPs do. */
export async function withOutliers(
  weights: TowerWeights,
  tower: TowerArchitecture['kind'],
  { channels, factor, isMadeUpFor }: Outliers,
): Promise<TowerWeights> {
  const { append, files } = memoryFiles(tower);
  const tensors: StoredTensor[] = [];
  for (const tensor of weights.tensors) {
    const values = await readTensor32(weights, tensor);
    const { name, shape } = tensor;
    const row = shape.slice(1).reduce((a, b) => a * b, 1);
    const times = WRITES.test(name)
      ? factor
      : isMadeUpFor && /\.ln_[12]\.(?:weight|bias)$/.test(name)
        ? 1 / factor
        : 1;
    for (const channel of channels) {
      for (let at = channel * row; at < (channel + 1) * row; at++) if (times !== 1) values[at]! *= times;
    }
    const bytes = new Uint8Array(values.buffer);
    tensors.push({ name, dtype: 'F32', shape, byteLength: bytes.byteLength, ...(await append(bytes)) });
  }
  return { tensors, files };
}
