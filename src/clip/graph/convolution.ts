import type { GraphWriter, Value } from './graph-writer';

/** How a convolution walks over its input. */
export interface Walk {
  /** Side of its kernel. */
  readonly size: number;
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on each side; default: as many as keep the size at stride 1. */
  readonly padding?: number;
  /** Default 1; as many as channels make it depthwise. */
  readonly groups?: number;
}

/** A kernel [out, in / groups, size, size] and a bias [out], in the graph's arithmetic. */
export interface Kernel {
  readonly weight: Value;
  readonly bias?: Value;
}

/** A convolution over [batch, in, height, width]. */
export function convolution(graph: GraphWriter, input: Value, { weight, bias }: Kernel, walk: Walk): Value {
  const { size, stride = 1, padding = (size - 1) >> 1, groups = 1 } = walk;
  return graph.node('Conv', [input, weight, ...(bias === undefined ? [] : [bias])], {
    kernel_shape: [size, size],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    group: groups,
  });
}

/** The kernel and bias stored under `name`. */
export function kernelOf(graph: GraphWriter, name: string): Kernel {
  return { weight: graph.weight(`${name}.weight`), bias: graph.weight(`${name}.bias`) };
}
