import {
  batchNorm,
  kernelOf,
  normedKernel32,
  type FixedNorm,
  type Kernel,
  type Kernel32,
} from '../../graph/convolution';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { batchNormShapes, type Shapes } from '../../weights/tensor-shapes';
import { NORM_EPSILON } from './fastvit-config';

/**
 * A convolution that was trained as a sum of branches, timm's `MobileOneBlock`.
 *
 * Why their sum is one kernel here: each is a convolution and a BatchNorm, fixed once trained, so that they are computed
 * together when the graph loads (RepVGG, Ding et al. 2021), and a picture takes one convolution instead of three. A
 * checkpoint may be stored so already; its tensors tell.
 */
export interface Branches {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Side of the kernel. */
  readonly size: number;
  readonly groups: number;
  /** Whether there is one of 1 x 1. */
  readonly scales: boolean;
  /** Whether there is one that is its input's BatchNorm alone. */
  readonly keeps: boolean;
}

type Has = (name: string) => boolean;

/** The name of the one convolution that branches were folded into. */
const FOLDED = 'reparam_conv';

/** The tensors of a convolution, folded if a checkpoint has them so; else `trained`. */
export function foldableShapes(
  name: string,
  kernel: readonly [outputs: number, inputs: number, size: number],
  has: Has,
  trained: () => Shapes,
): Shapes {
  const [outputs, inputs, size] = kernel;
  if (!has(`${name}.${FOLDED}.weight`)) return trained();
  return [
    [`${name}.${FOLDED}.weight`, [outputs, inputs, size, size]],
    [`${name}.${FOLDED}.bias`, [outputs]],
  ];
}

export function branchShapes(
  { name, inputs, outputs, size, groups, scales, keeps }: Branches,
  has: Has,
): Shapes {
  const inGroup = inputs / groups;
  return foldableShapes(name, [outputs, inGroup, size], has, () => [
    ...(keeps ? batchNormShapes(`${name}.identity`, inputs) : []),
    ...normedShapes(`${name}.conv_kxk.0`, outputs, inGroup, size),
    ...(scales ? normedShapes(`${name}.conv_scale`, outputs, inGroup, 1) : []),
  ]);
}

/** A convolution without a bias and its BatchNorm, timm's `ConvNormAct`. */
export function normedShapes(name: string, outputs: number, inputs: number, size: number): Shapes {
  return [[`${name}.conv.weight`, [outputs, inputs, size, size]], ...batchNormShapes(`${name}.bn`, outputs)];
}

/** The kernel as it is folded, or undefined. */
export function foldedKernel(graph: GraphWriter, name: string): Kernel | undefined {
  return graph.has(`${name}.${FOLDED}.weight`) ? kernelOf(graph, `${name}.${FOLDED}`) : undefined;
}

/** The branches' kernel. */
export function branchKernel(graph: GraphWriter, branches: Branches): Kernel {
  const { name } = branches;
  return foldedKernel(graph, name) ?? fromFloat32(graph, branchKernel32(graph, branches));
}

/** The same of branches that are not folded, as fp32 constants. */
export function branchKernel32(graph: GraphWriter, branches: Branches): Kernel32 {
  const { name, size, scales, keeps } = branches;
  return sum(graph, [
    convNorm(graph, `${name}.conv_kxk.0`),
    ...(scales ? [padded(graph, convNorm(graph, `${name}.conv_scale`), 1, size)] : []),
    ...(keeps ? [identityKernel(graph, branches, batchNorm(graph, `${name}.identity`, NORM_EPSILON))] : []),
  ]);
}

/** A `ConvNormAct` as fp32 constants. */
export function convNorm(graph: GraphWriter, name: string): Kernel32 {
  return normedKernel32(graph, `${name}.conv`, batchNorm(graph, `${name}.bn`, NORM_EPSILON));
}

export function sum(graph: GraphWriter, kernels: readonly Kernel32[]): Kernel32 {
  return kernels.reduce((one, other) => ({
    weight: graph.node('Add', [one.weight, other.weight]),
    bias: graph.node('Add', [one.bias, other.bias]),
  }));
}

/** A kernel of `from` x `from` in the middle of one of `to` x `to`. */
export function padded(graph: GraphWriter, { weight, bias }: Kernel32, from: number, to: number): Kernel32 {
  const edge = (to - from) / 2;
  const pads = graph.integers([0, 0, edge, edge, 0, 0, edge, edge]);
  return { weight: edge === 0 ? weight : graph.node('Pad', [weight, pads]), bias };
}

/** The kernel that only norms: depthwise, or of 1 x 1. */
export function identityKernel(
  graph: GraphWriter,
  { inputs, size, groups }: Pick<Branches, 'inputs' | 'size' | 'groups'>,
  { scale, shift }: FixedNorm,
): Kernel32 {
  const byOutput = graph.reshape(scale, [-1, 1, 1, 1]);
  if (groups === inputs) return { weight: graph.node('Mul', [middle(graph, size), byOutput]), bias: shift };
  const square = graph.node('Expand', [graph.floats32([0], [1, 1]), graph.integers([inputs, inputs])]);
  const diagonal = graph.reshape(graph.node('EyeLike', [square]), [inputs, inputs, 1, 1]);
  return { weight: graph.node('Mul', [diagonal, byOutput]), bias: shift };
}

/** A depthwise kernel that changes nothing: [1, 1, size, size]. */
export function middle(graph: GraphWriter, size: number): Value {
  const kernel = new Float32Array(size * size);
  kernel[(size * size - 1) / 2] = 1;
  return graph.floats32(kernel, [1, 1, size, size]);
}

/** In the graph's arithmetic. */
export function fromFloat32(graph: GraphWriter, { weight, bias }: Kernel32): Kernel {
  return { weight: graph.fromFloat32(weight), bias: graph.fromFloat32(bias) };
}
