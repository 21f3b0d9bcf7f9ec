/** Just enough of WebAssembly's binary format (version 1, with 128-bit vectors) to write loops over numbers. */

/** Instructions, in order. */
export type Code = readonly number[];

/** A local variable or parameter of a function, by its number. */
export type Local = number;

const I32 = 0x7f;
const V128 = 0x7b;

const op =
  (code: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), code];
const vectorOp =
  (code: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), 0xfd, ...unsigned(code)];
/** A load at a fixed number of bytes after an address; `align` is the binary logarithm of the alignment. */
const load =
  (code: number, align: number) =>
  (address: Code, offset = 0): Code => [...address, 0xfd, ...unsigned(code), align, ...unsigned(offset)];

export const get = (local: Local): Code => [0x20, ...unsigned(local)];
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const whole = (value: number): Code => [0x41, ...signed(value)];
export const add = op(0x6a);
export const isLess = op(0x48);

export const loadVector = load(0, 4);
/** Eight bytes as both doubles of a vector. */
export const loadDouble = load(10, 3);
export const storeVector = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  0xfd,
  11,
  4,
  ...unsigned(offset),
];
export const zeros: Code = [0xfd, 12, ...new Array<number>(16).fill(0)];
/** A vector of 16 bytes of two vectors, by their numbers 0..31. */
export const shuffle = (a: Code, b: Code, bytes: readonly number[]): Code => [...a, ...b, 0xfd, 13, ...bytes];
export const addWholes = vectorOp(0xae);
/** Products of 16-bit integers, each two neighbours added to one of 32 bits. */
export const multiplyPairs = vectorOp(0xba);
export const addDoubles = vectorOp(0xf0);
export const multiplyDoubles = vectorOp(0xf2);

/** Does `body`, and again as long as `again` is not 0. */
export const loop = (body: Code, again: Code): Code => [0x03, 0x40, ...body, ...again, 0x0d, 0, 0x0b];

/** A function without a result: its parameters are 32-bit integers, numbered from 0, then come the variables. */
export interface Function {
  readonly name: string;
  readonly parameters: number;
  /** Variables that are 32-bit integers, then vectors. */
  readonly wholes: number;
  readonly vectors: number;
  readonly code: Code;
}

/** The module of these functions over a memory that it imports as `env.memory`. */
export function wasmModule(functions: readonly Function[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...list(new Array<Code>(parameters).fill([I32])), 0]),
    ),
    ...section(2, [[...text('env'), ...text('memory'), 0x02, 0, 0]]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]),
    ),
    ...section(
      10,
      functions.map(({ wholes, vectors, code }) =>
        sized([
          ...list([
            [...unsigned(wholes), I32],
            [...unsigned(vectors), V128],
          ]),
          ...code,
          0x0b,
        ]),
      ),
    ),
  ]);
}

const section = (id: number, entries: readonly Code[]): Code => [id, ...sized(list(entries))];
const list = (entries: readonly Code[]): Code => [...unsigned(entries.length), ...entries.flat()];
const sized = (code: Code): Code => [...unsigned(code.length), ...code];
const text = (value: string): Code => sized([...new TextEncoder().encode(value)]);

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
