import { convolution, kernelOf } from './convolution';
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

/**
 * Squeeze and excite: each channel of a map [batch, channels, down, across] times a share from 0 to 1, which two
 * convolutions of 1 x 1, stored under `name`, make of all channels' means.
 */
export function squeezeExcite(graph: GraphWriter, map: Value, name: string): Value {
  const mean = graph.node('ReduceMean', [map, graph.integers([2, 3])], { keepdims: 1 });
  const hidden = convolution(graph, mean, kernelOf(graph, `${name}.fc1`), { size: 1 });
  const out = convolution(graph, graph.node('Relu', [hidden]), kernelOf(graph, `${name}.fc2`), { size: 1 });
  return graph.node('Mul', [map, graph.node('Sigmoid', [out])]);
}
