import type { GraphWriter, Int8Weight, Value } from './graph-writer';

/** Unsigned levels count from here: 1..255 stand for -127..127. */
const ZERO = 128;

/**
 * A linear layer in int8 arithmetic: input fp32 [rows, in], bias fp32 [out] or '' for none. Each row is rounded to 255 levels of its
 * own scale, max|x| / 127; the products are summed exactly in int32, then scaled by row and by output.
 *
 * Why a scale for each row, which is a token: with one for the whole tensor (`DynamicQuantizeLinear`) a picture's
 * embedding depends on its neighbours in the batch; beside a loud one its cosine was 0.991. Why unsigned levels: on
 * wasm they were faster than signed ones.
 */
export function int8Linear(
  graph: GraphWriter,
  input: Value,
  { data, scales }: Int8Weight,
  bias: Value,
): Value {
  const axis = graph.integers([-1]);
  const size = graph.node('ReduceMax', [graph.node('Abs', [input]), axis], { keepdims: 1 });
  // A row of zeros has no scale of its own.
  const most = graph.node('Max', [size, graph.floats([1e-20], [])]);
  const perLevel = graph.node('Div', [graph.floats([127], []), most]);
  const one = graph.floats([1], []);
  const above = graph.node('Add', [graph.node('Mul', [input, perLevel]), graph.floats([ZERO + 0.5], [])]);
  // A Cast would do, but see `isSmallHalf` in `weights/int8`.
  const levels = graph.node('QuantizeLinear', [graph.node('Floor', [above]), one, graph.byte(0)]);
  const sums = graph.node(
    'MatMulIntegerToFloat',
    [levels, data, one, scales, graph.byte(ZERO)],
    {},
    'com.microsoft',
  );
  const scale = graph.node('Mul', [most, graph.floats([1 / 127], [])]);
  const scaled = graph.node('Mul', [sums, scale]);
  return bias === '' ? scaled : graph.node('Add', [scaled, bias]);
}

/** Under which name a probe has the int8 form of a matrix that it computes in fp32. */
export function rivalOf(weight: string): string {
  return `${weight} in int8`;
}

/** Tells of a weight how far `rival` is from `output`, relative to its length, and each input channel's magnitude. */
export function tellLoss(
  graph: GraphWriter,
  weight: string,
  input: Value,
  output: Value,
  rival: Value,
): void {
  const length = (value: Value): Value => graph.node('ReduceL2', [value], { keepdims: 0 });
  const known = graph.node('Max', [length(output), graph.floats([1e-20], [])]);
  const loss = graph.node('Div', [length(graph.node('Sub', [rival, output])), known]);
  const most = graph.node('ReduceMax', [graph.node('Abs', [input]), graph.integers([0])], { keepdims: 0 });
  graph.tell(weight, [loss, most]);
}
