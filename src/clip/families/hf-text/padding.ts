import type { GraphWriter, Value } from '../../graph/graph-writer';
import { lowestFloat, type GraphForm } from '../../graph/layers';
import { bySequence, type Sequence } from '../../graph/sequence';
import type { Input } from '../../session';
import type { HfTower } from './hf-projection';

/** Where the last token is that is no padding: no text needs what is behind it. */
export function untilPadding({ contextLength, padId }: HfTower, ids: Int32Array): number {
  let needed = 1;
  for (const [at, id] of ids.entries()) if (id !== padId) needed = Math.max(needed, (at % contextLength) + 1);
  return needed;
}

/** The sequences of a graph by `projected`. */
export function hfSequence(graph: GraphWriter, { contextLength }: HfTower, form: GraphForm): Sequence {
  return form.attention === 'fused'
    ? contextLength
    : { longest: contextLength, shape: graph.node('Shape', ['ids']) };
}

/** The inputs of a graph by `projected`. */
export function idsAndPlaces(
  { padId }: HfTower,
  ids: Int32Array,
  count: number,
): Readonly<Record<string, Input>> {
  const length = ids.length / count;
  const dims = [count, length];
  return { ids: { data: ids, dims }, places: { data: placesOf(ids, length, padId), dims } };
}

/**
 * The place of each token among those of its text that are no padding, from 1; of padding 0. In RoBERTa and M2M100
 * positions follow that of padding in this order.
 *
 * Why they are counted here: the ids are on the CPU, while CumSum would move a GPU graph back to it halfway.
 * @param ids [count, length]
 */
export function placesOf(ids: Int32Array, length: number, padId: number): Int32Array<ArrayBuffer> {
  const places = new Int32Array(ids.length);
  let last = 0;
  for (const [at, id] of ids.entries()) {
    if (at % length === 0) last = 0;
    if (id !== padId) places[at] = ++last;
  }
  return places;
}

/** Where there is padding: 1, else 0; [batch, length]. */
export function padsOf(graph: GraphWriter): Value {
  return graph.fromBool(graph.node('Equal', ['places', graph.int32(0)]));
}

/** What is added to the scores of keys, so that none attends to padding: [batch, 1, 1, length]. */
export function padMask(graph: GraphWriter, pads: Value): Value {
  const closed = graph.node('Mul', [pads, graph.floats([lowestFloat(graph)], [])]);
  return graph.node('Unsqueeze', [closed, graph.integers([1, 2])]);
}

/** The mean over the tokens that are no padding: [rows, width] -> [batch, width]. */
export function meanOfTokens(
  graph: GraphWriter,
  rows: Value,
  pads: Value,
  { width }: HfTower,
  sequence: Sequence,
): Value {
  const one = graph.floats([1], []);
  const real = graph.node('Sub', [one, pads]);
  const count = graph.node('ReduceSum', [real, graph.integers([1])], { keepdims: 1 });
  // A text without a token has no mean: it becomes zeros.
  const share = graph.node('Div', [real, graph.node('Max', [count, one])]);
  const shares = graph.node('Unsqueeze', [share, graph.integers([1])]);
  const means = graph.node('MatMul', [shares, bySequence(graph, rows, sequence, [width])]);
  return graph.reshape(means, [-1, width]);
}

/** The first row of each sequence: [rows, width] -> [batch, width]. */
export function firstOfTokens(
  graph: GraphWriter,
  rows: Value,
  { width }: HfTower,
  sequence: Sequence,
): Value {
  return graph.node('Gather', [bySequence(graph, rows, sequence, [width]), graph.integers(0)], { axis: 1 });
}
