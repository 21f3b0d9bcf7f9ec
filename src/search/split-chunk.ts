import { pagesOf, wasmExports } from '../core/assembled-wasm';
import assembled from './split-rows.wasm.json';

/** What `split-rows.wat` exports; places are in bytes. */
interface Exports {
  dots(row: number, end: number, width: number, query: number, out: number): void;
}

/** The largest number of a row: its upper part is then 127, the lower from -128 to 127. */
export const SPLIT_STEPS = 127 * 256;

/** Bytes of a chunk's rows, at most. */
const MOST_BYTES = 2 ** 28;

/**
 * Rows of 16-bit integers, kept as two tables of bytes: the upper parts, and the lower.
 *
 * Why apart: a search is as fast as memory is read. The upper parts alone tell the few rows that may be among the best,
 * and only of these the lower parts are read.
 */
export class SplitChunk {
  /** Rows it has room for, an even number. */
  readonly room: number;
  /** Number of rows. */
  count = 0;
  readonly #width: number;
  readonly #uppers: Int8Array<ArrayBuffer>;
  readonly #lowers: Int8Array<ArrayBuffer>;
  readonly #query: Int16Array<ArrayBuffer>;
  readonly #dots: Int32Array<ArrayBuffer>;
  readonly #wasm: Exports;

  /** @param width of a row, a multiple of 16  @param wanted number of rows; it may have room for fewer */
  constructor(width: number, wanted: number) {
    const fitting = Math.floor(MOST_BYTES / (2 * width));
    this.room = Math.max(2, 2 * Math.ceil(Math.min(wanted, fitting) / 2));
    this.#width = width;
    const table = this.room * width;
    const query = 2 * table;
    const dots = query + 2 * width;
    const memory = new WebAssembly.Memory({ initial: pagesOf(dots + 4 * this.room) });
    this.#uppers = new Int8Array(memory.buffer, 0, table);
    this.#lowers = new Int8Array(memory.buffer, table, table);
    this.#query = new Int16Array(memory.buffer, query, width);
    this.#dots = new Int32Array(memory.buffer, dots, this.room);
    this.#wasm = wasmExports(assembled, memory) as unknown as Exports;
  }

  /** Adds a row of `width` numbers up to `SPLIT_STEPS`, and returns the square of its length. */
  add(numbers: Int16Array): number {
    const start = this.count * this.#width;
    let square = 0;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!;
      const upper = (number + 128) >> 8;
      this.#uppers[start + i] = upper;
      this.#lowers[start + i] = number - 256 * upper;
      square += number * number;
    }
    this.count += 1;
    return square;
  }

  /** Dot products of all rows' upper parts with `query`: a view, until the next call. */
  dots(query: Int16Array): Int32Array {
    this.#query.set(query);
    const { byteOffset } = this.#query;
    this.#wasm.dots(0, (this.room / 2) * this.#width, this.#width, byteOffset, this.#dots.byteOffset);
    return this.#dots.subarray(0, this.count);
  }

  /** The dot product of a whole row with `query`. */
  dot(row: number, query: Float64Array): number {
    const start = row * this.#width;
    let sum = 0;
    for (let i = 0; i < query.length; i++)
      sum += (256 * this.#uppers[start + i]! + this.#lowers[start + i]!) * query[i]!;
    return sum;
  }
}
