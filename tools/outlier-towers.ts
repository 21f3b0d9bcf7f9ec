import type { TowerArchitecture, TowerWeights } from '../src/clip/towers';
import { hasInt8, normBefore } from '../src/clip/weights/int8';
import { memoryFiles, readTensor32, type StoredTensor } from '../src/clip/weights/weights';

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

/**
 * A tower in fp32 with channels that are `factor` times as large, as the towers of large CLIPs have.
 * @param weights its tensors in the order of use; what blocks write is known of ViTs only, and `norms` of all families
 */
export async function withOutliers(
  weights: TowerWeights,
  tower: TowerArchitecture['kind'],
  { channels, factor, where }: Outliers,
): Promise<TowerWeights> {
  const { append, files } = memoryFiles(tower);
  const tensors: StoredTensor[] = [];
  const inOrder = weights.tensors.map(({ name }) => name);
  const normOf = new Map(
    weights.tensors
      .filter(({ name, shape }) => hasInt8(name, shape))
      .flatMap(({ name }) => {
        const norm = normBefore(name, inOrder);
        return norm === undefined ? [] : [[name, norm] as const];
      }),
  );
  const norms = new Set([...normOf.values()].flatMap((norm) => [`${norm}.weight`, `${norm}.bias`]));
  /** How many times larger a channel of a tensor becomes: rows of it, or the columns of a matrix behind a norm. */
  const timesFor = (name: string): number => {
    if (where === 'norms') return norms.has(name) ? factor : normOf.has(name) ? 1 / factor : 1;
    if (WRITES.test(name)) return factor;
    return where === 'stream-made-up-for' && norms.has(name) ? 1 / factor : 1;
  };
  for (const tensor of weights.tensors) {
    const values = await readTensor32(weights, tensor);
    const { name, shape } = tensor;
    const width = shape.slice(1).reduce((a, b) => a * b, 1);
    const times = timesFor(name);
    for (const channel of times === 1 ? [] : channels) {
      if (normOf.has(name)) for (let at = channel; at < values.length; at += width) values[at]! *= times;
      else for (let at = channel * width; at < (channel + 1) * width; at++) values[at]! *= times;
    }
    const bytes = new Uint8Array(values.buffer);
    tensors.push({ name, dtype: 'F32', shape, byteLength: bytes.byteLength, ...(await append(bytes)) });
  }
  return { tensors, files };
}
