import type { GraphWriter, Value } from './graph-writer';

/** Channels, rows and columns of a feature map [batch, channels, down, across]. */
export interface MapShape {
  readonly channels: number;
  readonly size: readonly [down: number, across: number];
}

/** A feature map as rows, one for each place in it: [batch * down * across, channels]. */
export function mapToRows(graph: GraphWriter, map: Value, { channels, size }: MapShape): Value {
  const places = graph.reshape(map, [-1, channels, size[0] * size[1]]);
  return graph.reshape(graph.transpose(places, [0, 2, 1]), [-1, channels]);
}

/** The inverse of `mapToRows`. */
export function rowsToMap(graph: GraphWriter, rows: Value, { channels, size }: MapShape): Value {
  const places = graph.reshape(rows, [-1, size[0] * size[1], channels]);
  return graph.reshape(graph.transpose(places, [0, 2, 1]), [-1, channels, ...size]);
}

/** The mean of a picture's rows: [batch * places, channels] -> [batch, channels]. */
export function meanOfRows(graph: GraphWriter, rows: Value, places: number, channels: number): Value {
  const pictures = graph.reshape(rows, [-1, places, channels]);
  return graph.node('ReduceMean', [pictures, graph.integers([1])], { keepdims: 0 });
}
