import type { TransformerArchitecture } from '../config/transformer-config';
import type { AttentionForm } from './attention-form';
import type { GraphWriter, Value } from './graph-writer';
import { int8Linear, rivalOf, tellLoss } from './int8-linear';
import { bySequence, upToLength, type Sequence } from './sequence';
import type { Floats } from '../weights/weights';

/** Variants of a tower's graph that compute the same embedding. */
export interface GraphForm {
  readonly attention: AttentionForm;
  readonly arithmetic: Floats;
}

/** What a stack needs besides its architecture. */
export interface StackContext {
  readonly form: AttentionForm;
  /** In the fused form a number. */
  readonly sequence: Sequence;
  readonly causal: boolean;
  /** Added to the scores of each key, fp32 or fp16 [batch, 1, 1, sequence]; for the split form. */
  readonly keyMask?: Value | undefined;
}

/**
 * Why hidden states are [rows, width], a row per token of the whole batch: Gemm needs two dimensions, layer norms and
 * activations work with either, and only attention needs the sequences.
 */
export function layerNorm(graph: GraphWriter, input: Value, name: string, epsilon: number): Value {
  const scale = graph.weight(`${name}.weight`);
  const bias = graph.weight(`${name}.bias`);
  return graph.node('LayerNormalization', [input, scale, bias], { axis: -1, epsilon: { float: epsilon } });
}

/** PyTorch's `Linear`: input [rows, in], weight [out, in] as numbers, blocks or int8, bias [out]. */
export function linear(graph: GraphWriter, input: Value, weight: string, bias: string): Value {
  return linearBy(graph, input, weight, graph.weight(bias));
}

/** As `linear`, with a bias that is a value of the graph; '' for none. */
export function linearBy(graph: GraphWriter, input: Value, weight: string, bias: Value): Value {
  const output = product(graph, input, weight, bias);
  const rival = graph.has(rivalOf(weight)) ? graph.int8(rivalOf(weight)) : undefined;
  if (rival !== undefined) tellLoss(graph, weight, input, output, int8Linear(graph, input, rival, bias));
  return output;
}

function product(graph: GraphWriter, input: Value, weight: string, bias: Value): Value {
  const int8 = graph.int8(weight);
  if (int8 !== undefined) return int8Linear(graph, input, int8, bias);
  const blocks = graph.blocks(weight);
  if (blocks === undefined) return graph.node('Gemm', [input, graph.weight(weight), bias], { transB: 1 });
  const { data, scales, attributes } = blocks;
  const inputs = [input, data, scales, '', '', bias];
  return graph.node('MatMulNBits', inputs, attributes, 'com.microsoft');
}

/**
 * OpenCLIP's `Transformer`: [rows, width] -> [rows, width]. `pool`, if given, selects the rows that the tower reads in
 * the end; everything after the last attention is computed for those rows only.
 */
export function transformer(
  graph: GraphWriter,
  input: Value,
  name: string,
  architecture: TransformerArchitecture,
  context: StackContext,
  pool?: (rows: Value) => Value,
): Value {
  const masks = [
    ...(context.causal && context.form === 'split' ? [causalMask(graph, context.sequence)] : []),
    ...(context.keyMask === undefined ? [] : [context.keyMask]),
  ];
  let rows = input;
  for (let layer = 0; layer < architecture.layers; layer++) {
    const pick = layer === architecture.layers - 1 ? pool : undefined;
    rows = block(graph, rows, `${name}.resblocks.${layer}`, architecture, context, masks, pick);
  }
  return rows;
}

/** OpenCLIP's `ResidualAttentionBlock`, after whose attention `pick`, if given, selects rows. */
export function block(
  graph: GraphWriter,
  input: Value,
  name: string,
  architecture: TransformerArchitecture,
  context: StackContext,
  masks: readonly Value[] = [],
  pick: (rows: Value) => Value = (rows) => rows,
): Value {
  const normed = layerNorm(graph, input, `${name}.ln_1`, architecture.normEpsilon);
  const mixed = pick(attention(graph, normed, `${name}.attn`, architecture, context, masks));
  const attended = linear(graph, mixed, `${name}.attn.out_proj.weight`, `${name}.attn.out_proj.bias`);
  const scaled = layerScale(graph, attended, `${name}.ls_1`, architecture);
  const rows = graph.node('Add', [pick(input), scaled]);
  const mlp = feedForward(graph, rows, name, architecture);
  return graph.node('Add', [rows, layerScale(graph, mlp, `${name}.ls_2`, architecture)]);
}

/**
 * Tokens [batch, count, width] with a learned class token before or behind them, and the positions of all, `[count + 1,
 * width]`, if they are to be added.
 *
 * Why the class token is added, not concatenated: it joins its row of the positions and lands on a row of zeros, so
 * nothing is expanded to a batch size known only at run time. The sum is folded when the graph loads.
 */
export function withClassToken(
  graph: GraphWriter,
  tokens: Value,
  {
    count,
    width,
    place,
  }: { readonly count: number; readonly width: number; readonly place: 'before' | 'behind' },
  classToken: string,
  positions?: string,
): Value {
  const [before, behind] = place === 'before' ? [1, 0] : [0, 1];
  const withRoom = graph.node('Pad', [tokens, graph.integers([0, before, 0, 0, behind, 0])]);
  const classRow = graph.reshape(graph.weight(classToken), [1, width]);
  const classTable = graph.node('Pad', [classRow, graph.integers([behind * count, 0, before * count, 0])]);
  const table =
    positions === undefined ? classTable : graph.node('Add', [classTable, graph.weight(positions)]);
  return graph.node('Add', [withRoom, table]);
}

/** Rows of length 1, in fp32, as PyTorch's `F.normalize`: x / max(|x|, 1e-12). */
export function unitLength(graph: GraphWriter, input: Value): Value {
  const rows = graph.toFloat32(input);
  const norm = graph.node('ReduceL2', [rows, graph.integers([1])], { keepdims: 1 });
  return graph.node('Div', [rows, graph.node('Max', [norm, graph.floats32([1e-12], [1])])]);
}

/** Everything between `ln_1` and `out_proj`: [rows, width] -> [rows, width]. */
function attention(
  graph: GraphWriter,
  input: Value,
  name: string,
  { width, heads }: TransformerArchitecture,
  context: StackContext,
  masks: readonly Value[],
): Value {
  const packed = linear(graph, input, `${name}.in_proj_weight`, `${name}.in_proj_bias`);
  if (context.form === 'fused')
    return attend(graph, graph.splitInThree(packed, 1), { width, heads }, context, masks);
  const inThree = bySequence(graph, packed, context.sequence, [3, heads, width / heads]);
  const byHead = graph.transpose(inThree, [2, 0, 3, 1, 4]);
  const parts = graph.splitInThree(byHead, 0);
  const [query = '', key = '', value = ''] = parts.map((part) =>
    graph.node('Squeeze', [part, graph.integers([0])]),
  );
  return attendByHead(graph, [query, key, value], { width, heads }, masks);
}

/** Query, key and value. */
export type Projections = readonly [query: Value, key: Value, value: Value];

type Heads = Pick<TransformerArchitecture, 'width' | 'heads'>;

/** Attention of all heads, whose query, key and value are [rows, width] each: [rows, width]. */
export function attend(
  graph: GraphWriter,
  parts: Projections,
  { width, heads }: Heads,
  { form, sequence, causal }: StackContext,
  masks: readonly Value[] = [],
): Value {
  if (form === 'fused') {
    const mixed = graph.node(
      'MultiHeadAttention',
      parts.map((part) => bySequence(graph, part, sequence, [width])),
      { num_heads: heads, unidirectional: causal ? 1 : 0 },
      'com.microsoft',
    );
    return graph.reshape(mixed, [-1, width]);
  }
  const [query = '', key = '', value = ''] = parts.map((part) =>
    graph.transpose(bySequence(graph, part, sequence, [heads, width / heads]), [0, 2, 1, 3]),
  );
  return attendByHead(graph, [query, key, value], { width, heads }, masks);
}

/** As `attend`, in the split form, of query, key and value [batch, heads, sequence, width of a head]. */
export function attendByHead(
  graph: GraphWriter,
  [query, key, value]: Projections,
  { width, heads }: Heads,
  masks: readonly Value[],
): Value {
  const scaled = graph.node('Mul', [query, graph.floats([1 / Math.sqrt(width / heads)], [1])]);
  const scores = graph.node('MatMul', [scaled, graph.transpose(key, [0, 1, 3, 2])]);
  const masked = masks.reduce((sum, mask) => graph.node('Add', [sum, mask]), scores);
  const mixed = graph.node('MatMul', [graph.node('Softmax', [masked], { axis: -1 }), value]);
  return graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [-1, width]);
}

/**
 * Added to the scores, [sequence, sequence]. Why not -Infinity: no row is fully masked, so the lowest float gives the
 * same zeros, and never NaN on any device.
 */
function causalMask(graph: GraphWriter, sequence: Sequence): Value {
  const lowest = lowestFloat(graph);
  const length = typeof sequence === 'number' ? sequence : sequence.longest;
  const mask = new Float32Array(length * length);
  for (let row = 0; row < length; row++) mask.fill(lowest, row * length + row + 1, (row + 1) * length);
  return upToLength(graph, graph.floats(mask, [length, length]), sequence, [0, 1]);
}

/** A score that leaves nothing of a key after the softmax. */
export function lowestFloat({ arithmetic }: GraphWriter): number {
  return arithmetic === 'fp16' ? -65504 : -3.4e38;
}

/** A layer norm and the MLP of `block`, without the residual around them: [rows, width] -> [rows, width]. */
export function feedForward(
  graph: GraphWriter,
  input: Value,
  block: string,
  architecture: TransformerArchitecture,
): Value {
  const normed = layerNorm(graph, input, `${block}.ln_2`, architecture.normEpsilon);
  return mlp(graph, normed, [`${block}.mlp.c_fc`, `${block}.mlp.c_proj`], architecture.activation);
}

/** Two linear layers, by name, with an activation between them: [rows, width] -> [rows, width]. */
export function mlp(
  graph: GraphWriter,
  input: Value,
  [into, out]: readonly [into: string, out: string],
  kind: TransformerArchitecture['activation'],
): Value {
  return linear(graph, activated(graph, input, into, kind), `${out}.weight`, `${out}.bias`);
}

/** The linear layer `name` and an activation. */
export function activated(
  graph: GraphWriter,
  input: Value,
  name: string,
  kind: TransformerArchitecture['activation'],
): Value {
  const hidden = linear(graph, input, `${name}.weight`, `${name}.bias`);
  const isRounded = graph.int8(`${name}.weight`) !== undefined;
  // tanh's approximation differs by 0.0005 at most, far less than rounding does, and takes less than half the time.
  return activation(graph, hidden, isRounded && kind === 'gelu' ? 'gelu-tanh' : kind);
}

export function activation(
  graph: GraphWriter,
  input: Value,
  kind: TransformerArchitecture['activation'],
): Value {
  if (kind === 'quick-gelu')
    return graph.node('QuickGelu', [input], { alpha: { float: 1.702 } }, 'com.microsoft');
  return graph.node('Gelu', [input], { approximate: kind === 'gelu-tanh' ? 'tanh' : 'none' });
}

function layerScale(
  graph: GraphWriter,
  input: Value,
  name: string,
  architecture: TransformerArchitecture,
): Value {
  return architecture.layerScale ? graph.node('Mul', [input, graph.weight(`${name}.gamma`)]) : input;
}
