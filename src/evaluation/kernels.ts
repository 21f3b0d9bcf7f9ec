import {
  add,
  addDoubles,
  addWholes,
  get,
  isLess,
  loadDouble,
  loadVector,
  loop,
  multiplyDoubles,
  multiplyPairs,
  set,
  shuffle,
  storeVector,
  wasmModule,
  whole,
  zeros,
  type Code,
  type Local,
} from './wasm-code';

/**
 * Products of matrices, as WebAssembly with 128-bit vectors. Addresses and steps are in bytes of the memory.
 *
 * Why WebAssembly: 25,000 captions by 5,000 pictures of 512 numbers are 64 thousand million products. JavaScript, which
 * has no vectors, takes half a minute for them, and a page may not count on a GPU.
 */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  /**
   * Dot products of `DOT_ROWS` rows of 16-bit integers with those from `columns` to `end`, two at a time: for each of
   * these as many 32-bit integers, `DOT_BYTES` apart, to `out`. A row has `step` bytes, a multiple of `ROW_BYTES`.
   */
  dots(rows: number, columns: number, end: number, step: number, out: number): void;
  /**
   * The sums over `depth` terms of products of two matrices of doubles, for `PRODUCT_ROWS` rows of the first, whose terms
   * are `rowStep` and `depthStep` apart, with all columns of the second, whose rows have `step` bytes, a multiple of
   * `COLUMN_BYTES`, like those that are written to `out`.
   */
  multiply(
    rows: number,
    rowStep: number,
    depthStep: number,
    depth: number,
    columns: number,
    step: number,
    out: number,
  ): void;
}

/** Rows that `dots` takes at a time: with two columns, as many sums as processors have registers for. */
export const DOT_ROWS = 4;
export const DOT_BYTES = 16;
export const ROW_BYTES = 64;
export const PRODUCT_ROWS = 4;
export const COLUMN_BYTES = 32;

const PAGE = 2 ** 16;
/** Addresses are compared as signed integers. */
const MOST_BYTES = 2 ** 31 - PAGE;
const VECTOR = 16;

/** Kernels over a memory of their own, of at least so many bytes, all zero. @throws RangeError if there is no such room */
export function openKernels(bytes: number): Kernels {
  if (bytes > MOST_BYTES) throw new RangeError(`${bytes} bytes of embeddings are more than can be compared`);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const compiled = new WebAssembly.Module(wasmModule([dots(), multiply()]));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { memory, ...(exports as unknown as Pick<Kernels, 'dots' | 'multiply'>) };
}

/** What a kernel reads, by name, and what it keeps, numbered from there. */
function locals<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Local>> {
  return Object.fromEntries(names.map((name, at) => [name, at])) as Record<Name, Local>;
}

const increase = (local: Local, by: Code): Code => set(local, add(get(local), by));

function dots() {
  const lanes = [...new Array(DOT_ROWS).keys()];
  const { rows, columns, end, step, out, at, left, right } = locals(
    ...(['rows', 'columns', 'end', 'step', 'out'] as const),
    ...(['at', 'left', 'right'] as const),
  );
  const heads = lanes.map((lane) => right + 1 + lane);
  const [a, b, c] = [0, 1, 2].map((index) => right + 1 + DOT_ROWS + index) as [Local, Local, Local];
  const sums = lanes.map((lane) => [c + 1 + lane, c + 1 + DOT_ROWS + lane] as const);
  const accumulate = (sum: Local, of: Local): Code =>
    set(sum, addWholes(get(sum), multiplyPairs(get(a), get(of))));
  const steps = Array.from({ length: ROW_BYTES / VECTOR }, (_, index) => index * VECTOR);
  /** The sums over the lanes of four vectors, as one. */
  const total = (vectors: readonly Local[]): Code => {
    const [first, second, third, fourth] = vectors.map((vector) => get(vector)) as [Code, Code, Code, Code];
    const halves = (one: Code, other: Code) =>
      addWholes(shuffle(one, other, words(0, 4, 1, 5)), shuffle(one, other, words(2, 6, 3, 7)));
    const [low, high] = [halves(first, second), halves(third, fourth)];
    return addWholes(shuffle(low, high, words(0, 1, 4, 5)), shuffle(low, high, words(2, 3, 6, 7)));
  };
  const code = loop(
    [
      ...sums.flat().flatMap((sum) => set(sum, zeros)),
      ...set(at, whole(0)),
      ...set(left, get(columns)),
      ...set(right, add(get(columns), get(step))),
      ...heads.flatMap((head, lane) =>
        set(head, lane === 0 ? get(rows) : add(get(heads[lane - 1]!), get(step))),
      ),
      ...loop(
        [
          ...steps.flatMap((offset) => [
            ...set(b, loadVector(get(left), offset)),
            ...set(c, loadVector(get(right), offset)),
            ...sums.flatMap(([withLeft, withRight], lane) => [
              ...set(a, loadVector(get(heads[lane]!), offset)),
              ...accumulate(withLeft, b),
              ...accumulate(withRight, c),
            ]),
          ]),
          ...[left, right, ...heads, at].flatMap((local) => increase(local, whole(ROW_BYTES))),
        ],
        isLess(get(at), get(step)),
      ),
      ...storeVector(get(out), total(sums.map(([withLeft]) => withLeft))),
      ...storeVector(get(out), total(sums.map(([, withRight]) => withRight)), DOT_BYTES),
      ...increase(out, whole(2 * DOT_BYTES)),
      ...increase(columns, add(get(step), get(step))),
    ],
    isLess(get(columns), get(end)),
  );
  return { name: 'dots', parameters: out + 1, wholes: 3 + DOT_ROWS, vectors: 3 + 2 * DOT_ROWS, code };
}

function multiply() {
  const lanes = [...new Array(PRODUCT_ROWS).keys()];
  const { rows, rowStep, depthStep, depth, columns, step, out, at, term, row } = locals(
    ...(['rows', 'rowStep', 'depthStep', 'depth', 'columns', 'step', 'out'] as const),
    ...(['at', 'term', 'row'] as const),
  );
  const heads = lanes.map((lane) => row + 1 + lane);
  const [a, left, right] = [0, 1, 2].map((index) => row + 1 + PRODUCT_ROWS + index) as [Local, Local, Local];
  const sums = lanes.map((lane) => [right + 1 + lane, right + 1 + PRODUCT_ROWS + lane] as const);
  const accumulate = (sum: Local, of: Local): Code =>
    set(sum, addDoubles(get(sum), multiplyDoubles(get(a), get(of))));
  const code: Code = [
    ...set(at, whole(0)),
    ...loop(
      [
        ...sums.flat().flatMap((sum) => set(sum, zeros)),
        ...set(term, whole(0)),
        ...set(row, add(get(columns), get(at))),
        ...heads.flatMap((head, lane) =>
          set(head, lane === 0 ? get(rows) : add(get(heads[lane - 1]!), get(rowStep))),
        ),
        ...loop(
          [
            ...set(left, loadVector(get(row))),
            ...set(right, loadVector(get(row), VECTOR)),
            ...sums.flatMap(([withLeft, withRight], lane) => [
              ...set(a, loadDouble(get(heads[lane]!))),
              ...accumulate(withLeft, left),
              ...accumulate(withRight, right),
              ...increase(heads[lane]!, get(depthStep)),
            ]),
            ...increase(row, get(step)),
            ...increase(term, whole(1)),
          ],
          isLess(get(term), get(depth)),
        ),
        ...set(row, add(get(out), get(at))),
        ...sums.flatMap(([withLeft, withRight]) => [
          ...storeVector(get(row), get(withLeft)),
          ...storeVector(get(row), get(withRight), VECTOR),
          ...increase(row, get(step)),
        ]),
        ...increase(at, whole(COLUMN_BYTES)),
      ],
      isLess(get(at), get(step)),
    ),
  ];
  return {
    name: 'multiply',
    parameters: out + 1,
    wholes: 3 + PRODUCT_ROWS,
    vectors: 3 + 2 * PRODUCT_ROWS,
    code,
  };
}

/** The 16 bytes of four words of two vectors, by the words' numbers 0..7. */
function words(...numbers: readonly number[]): number[] {
  return numbers.flatMap((number) => [0, 1, 2, 3].map((byte) => 4 * number + byte));
}
