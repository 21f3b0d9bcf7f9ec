import type { GraphWriter, Value } from './graph-writer';
import { bySequence, type Sequence } from './sequence';

/** Queries, keys and values of whole sequences, each [rows, width]. */
export interface Projected {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/**
 * What attention does with queries, keys and values that have a matrix each: [rows, width] -> [rows, width].
 * @param mask added to the scores, [batch, 1, 1, sequence]
 */
export function mixHeads(
  graph: GraphWriter,
  { query, key, value }: Projected,
  { width, heads, sequence }: Readonly<Record<'width' | 'heads', number>> & { readonly sequence: Sequence },
  mask: Value,
): Value {
  const headWidth = width / heads;
  const byHead = (input: Value, perm: readonly number[]): Value =>
    graph.transpose(bySequence(graph, input, sequence, [heads, headWidth]), perm);
  const scaled = graph.node('Mul', [
    byHead(query, [0, 2, 1, 3]),
    graph.floats([1 / Math.sqrt(headWidth)], [1]),
  ]);
  const scores = graph.node('MatMul', [scaled, byHead(key, [0, 2, 3, 1])]);
  const weights = graph.node('Softmax', [graph.node('Add', [scores, mask])], { axis: -1 });
  const mixed = graph.node('MatMul', [weights, byHead(value, [0, 2, 1, 3])]);
  return graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [-1, width]);
}
