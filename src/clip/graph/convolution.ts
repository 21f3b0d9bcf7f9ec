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
  /** Channels of a group, where known. */
  readonly inputs?: number;
}

/**
 * A convolution over [batch, in, height, width].
 *
 * Why empty channels are added to some inputs: WebGPU of onnxruntime-web 1.30.0 reads a multiple of 3 that is none of 4
 * three at a time where the output has a multiple of 4, and gives other numbers (9, 15, 18, 33 into 12; 3 is right, and so
 * is a kernel of 1 x 1). No published tower has such a one.
 */
export function convolution(graph: GraphWriter, input: Value, kernel: Kernel, walk: Walk): Value {
  const { size, stride = 1, padding = (size - 1) >> 1, groups = 1 } = walk;
  const { bias, inputs = 1 } = kernel;
  const isMisread = groups === 1 && size > 1 && inputs > 3 && inputs % 3 === 0 && inputs % 4 !== 0;
  const pads = [0, 0, 0, 0, 0, 4 - (inputs % 4), 0, 0];
  const [values, weight] = [input, kernel.weight].map((value) =>
    isMisread ? graph.node('Pad', [value, graph.integers(pads)]) : value,
  );
  return graph.node('Conv', [values!, weight!, ...(bias === undefined ? [] : [bias])], {
    kernel_shape: [size, size],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    group: groups,
  });
}

/** The kernel and bias stored under `name`. */
export function kernelOf(graph: GraphWriter, name: string): Kernel {
  return {
    weight: graph.weight(`${name}.weight`),
    bias: graph.weight(`${name}.bias`),
    inputs: inputsOf(graph, name),
  };
}

/** A BatchNorm: channels times `scale` plus `shift`, fp32 constants [channels]. */
export interface FixedNorm {
  readonly scale: Value;
  readonly shift: Value;
}

/**
 * What the BatchNorm stored under `name` does to each channel.
 *
 * Why constants, and in fp32: a BatchNorm is fixed once trained, so that it goes into the kernel before it, which
 * onnxruntime computes when it loads the graph; and a variance may be beyond fp16.
 */
export function batchNorm(graph: GraphWriter, name: string, epsilon: number): FixedNorm {
  const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    graph.weight32(`${name}.${part}`),
  );
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance!, graph.floats32([epsilon], [1])])]);
  const scale = graph.node('Div', [weight!, deviation]);
  return { scale, shift: graph.node('Sub', [bias!, graph.node('Mul', [mean!, scale])]) };
}

/** The kernel `name`, without a bias, and the BatchNorm behind it, as one kernel. */
export function normedKernel(graph: GraphWriter, name: string, norm: FixedNorm): Kernel {
  const { weight, bias } = normedKernel32(graph, name, norm);
  return {
    weight: graph.fromFloat32(weight),
    bias: graph.fromFloat32(bias),
    inputs: inputsOf(graph, name),
  };
}

function inputsOf(graph: GraphWriter, name: string): number {
  return graph.shapeOf(`${name}.weight`)[1] ?? 1;
}

/** fp32 constants. */
export type Kernel32 = Required<Omit<Kernel, 'inputs'>>;

/** The same as fp32 constants. */
export function normedKernel32(graph: GraphWriter, name: string, { scale, shift }: FixedNorm): Kernel32 {
  const byOutput = graph.reshape(scale, [-1, 1, 1, 1]);
  return { weight: graph.node('Mul', [graph.weight32(`${name}.weight`), byOutput]), bias: shift };
}
