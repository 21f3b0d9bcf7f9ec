import type { GraphWriter, Value } from './graph-writer';
import { linear } from './layers';

/** The attention of a MAP head. */
export interface MapAttention {
  /** Of the head's tensors: `visual.attn_pool`. */
  readonly name: string;
  readonly width: number;
  /** A divisor of `width`. */
  readonly heads: number;
}

/**
 * SigLIP's MAP head, timm's `AttentionPoolLatent`: one learned query, the same for every picture, attends to all
 * `sequence` tokens; `feedForward`, a norm and an MLP, follows. [batch * sequence, width] -> [batch, width].
 *
 * Why its attention is always split: MultiHeadAttention needs a copy of the query for each picture, while MatMul
 * broadcasts it; with one query there is nothing to gain from fusing.
 */
export function mapPool(
  graph: GraphWriter,
  rows: Value,
  { name, width, heads }: MapAttention,
  sequence: number,
  feedForward: (pooled: Value) => Value,
): Value {
  const headWidth = width / heads;
  const project = (input: Value, part: string): Value =>
    linear(graph, input, `${name}.${part}.weight`, `${name}.${part}.bias`);

  const latent = graph.reshape(graph.weight(`${name}.latent`), [1, width]);
  const query = graph.reshape(project(latent, 'q'), [1, heads, 1, headWidth]);
  const scaled = graph.node('Mul', [query, graph.floats([1 / Math.sqrt(headWidth)], [1])]);
  const packed = graph.reshape(project(rows, 'kv'), [-1, sequence, 2, heads, headWidth]);
  const part = (index: number, perm: readonly number[]): Value =>
    graph.transpose(graph.node('Gather', [packed, graph.integers(index)], { axis: 2 }), perm);
  const scores = graph.node('MatMul', [scaled, part(0, [0, 2, 3, 1])]);
  const weights = graph.node('Softmax', [scores], { axis: -1 });
  const mixed = graph.reshape(graph.node('MatMul', [weights, part(1, [0, 2, 1, 3])]), [-1, width]);

  const pooled = project(mixed, 'proj');
  return graph.node('Add', [pooled, feedForward(pooled)]);
}
