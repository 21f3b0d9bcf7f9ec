import type { GraphWriter, Value } from '../../graph/graph-writer';
import { layerNorm, linearBy } from '../../graph/layers';
import type { VitStack } from './vit-config';

const POOL = 'visual.attn_pool';

/** PyTorch's default: OpenCLIP does not give its `norm_kwargs` to the pooler, only to the norm behind it. */
const POOL_EPSILON = 1e-5;

/**
 * OpenCLIP's `AttentionalPooler` of a CoCa and the norm behind it: learned queries attend to all tokens, and the tower
 * reads the first of them or the mean of the others. [batch * sequence, width] -> [batch, outputDim].
 */
export function attentionalPool(
  graph: GraphWriter,
  rows: Value,
  vision: VitStack,
  { queries, heads }: NonNullable<VitStack['attentionalPool']>,
  sequence: number,
): Value {
  const { outputDim, normEpsilon, pool } = vision;
  const headWidth = outputDim / heads;
  const isFirst = pool === 'tok';
  const count = isFirst ? 1 : queries - 1;
  const [from, to, axis] = [isFirst ? 0 : 1, isFirst ? 1 : queries, 0].map((bound) =>
    graph.integers([bound]),
  );
  const read = graph.node('Slice', [graph.weight(`${POOL}.query`), from ?? '', to ?? '', axis ?? '']);
  const asked = layerNorm(graph, read, `${POOL}.ln_q`, POOL_EPSILON);
  const keys = layerNorm(graph, rows, `${POOL}.ln_k`, POOL_EPSILON);
  const [query, key, value] = projections(graph, vision, asked, keys);
  const byHead = (input: Value, length: number, perm: readonly number[]): Value =>
    graph.transpose(graph.reshape(input, [-1, length, heads, headWidth]), perm);
  const scaled = graph.node('Mul', [
    byHead(query, count, [0, 2, 1, 3]),
    graph.floats([1 / Math.sqrt(headWidth)], [1]),
  ]);
  const scores = graph.node('MatMul', [scaled, byHead(key, sequence, [0, 2, 3, 1])]);
  const weights = graph.node('Softmax', [scores], { axis: -1 });
  const mixed = graph.node('MatMul', [weights, byHead(value, sequence, [0, 2, 1, 3])]);
  const joined = graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [-1, outputDim]);
  const attention = `${POOL}.attn.out_proj`;
  const out = linearBy(graph, joined, `${attention}.weight`, graph.weight(`${attention}.bias`));
  const normed = layerNorm(graph, out, 'visual.ln_post', normEpsilon);
  if (isFirst) return normed;
  const grouped = graph.reshape(normed, [-1, count, outputDim]);
  return graph.node('ReduceMean', [grouped, graph.integers([1])], { keepdims: 0 });
}

/** Query, key and value; PyTorch packs their matrices where the keys are as wide as the queries. */
function projections(
  graph: GraphWriter,
  { width, outputDim }: VitStack,
  asked: Value,
  keys: Value,
): readonly [Value, Value, Value] {
  const attention = `${POOL}.attn`;
  const bias = graph.weight(`${attention}.in_proj_bias`);
  if (width === outputDim) {
    const packed = (input: Value) =>
      graph.splitInThree(linearBy(graph, input, `${attention}.in_proj_weight`, bias), 1);
    const [query] = packed(asked);
    const [, key, value] = packed(keys);
    return [query, key, value];
  }
  const [forQuery, forKey, forValue] = graph.splitInThree(bias, 0);
  return [
    linearBy(graph, asked, `${attention}.q_proj_weight`, forQuery),
    linearBy(graph, keys, `${attention}.k_proj_weight`, forKey),
    linearBy(graph, keys, `${attention}.v_proj_weight`, forValue),
  ];
}
