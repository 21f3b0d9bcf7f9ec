import type { GraphWriter, Value } from './graph-writer';

/** Sequences whose length is known when the graph runs. */
export interface RunLength {
  /** Of the longest possible one. */
  readonly longest: number;
  /** int64 [2]: how many sequences there are, and the length of each. */
  readonly shape: Value;
}

/** Tokens in each sequence of a batch, which is the same for all of them. */
export type Sequence = number | RunLength;

/** Rows, one for each token of a batch, by sequence: [batch, length, ...rest]. */
export function bySequence(
  graph: GraphWriter,
  rows: Value,
  sequence: Sequence,
  rest: readonly number[],
): Value {
  if (typeof sequence === 'number') return graph.reshape(rows, [-1, sequence, ...rest]);
  const shape = graph.node('Concat', [sequence.shape, graph.integers(rest)], { axis: 0 });
  return graph.node('Reshape', [rows, shape]);
}

/** What a table for the longest sequence, along `axes`, has for sequences of this length. */
export function upToLength(
  graph: GraphWriter,
  table: Value,
  sequence: Sequence,
  axes: readonly number[],
): Value {
  if (typeof sequence === 'number') return table;
  const ends = graph.node('Gather', [sequence.shape, graph.integers(axes.map(() => 1))], { axis: 0 });
  return graph.node('Slice', [table, graph.integers(axes.map(() => 0)), ends, graph.integers(axes)]);
}
