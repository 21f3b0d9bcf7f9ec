import { mulberry32 } from '../src/core/random';
import { float32ToFloat16 } from '../src/formats/float16';

/** Dtype of a generated checkpoint. */
export type MadeDtype = 'F32' | 'F16';

/** Numbers per table, and per copied piece. */
const TABLE = 2 ** 18;
const PIECE = 2 ** 12;

/**
 * Fast generator of normally distributed numbers.
 *
 * Why from a table: a billion weights take a minute one by one, but a second in pieces of 4,096, each from a random
 * position, so that no two rows of a matrix are alike. The same seed gives the same numbers.
 */
export class NormalTable {
  readonly #normal: Float32Array;
  readonly #uniform: () => number;
  readonly #dtype: MadeDtype;
  readonly #scaled = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(seed: number, dtype: MadeDtype) {
    this.#uniform = mulberry32(seed);
    this.#dtype = dtype;
    this.#normal = new Float32Array(TABLE);
    for (let at = 0; at < TABLE; at++) this.#normal[at] = normal(this.#uniform);
  }

  /** Bytes of one number. */
  get size(): 2 | 4 {
    return this.#dtype === 'F32' ? 4 : 2;
  }

  /** `count` numbers, little-endian, with this mean and standard deviation. */
  take(count: number, mean: number, deviation: number): Uint8Array<ArrayBuffer> {
    const table = this.#table(mean, deviation);
    const bytes = new Uint8Array(count * this.size);
    for (let done = 0; done < bytes.length;) {
      const length = Math.min(PIECE * this.size, bytes.length - done);
      const start = Math.floor(this.#uniform() * (TABLE - PIECE)) * this.size;
      bytes.set(table.subarray(start, start + length), done);
      done += length;
    }
    return bytes;
  }

  #table(mean: number, deviation: number): Uint8Array<ArrayBuffer> {
    const key = `${mean} ${deviation}`;
    let table = this.#scaled.get(key);
    if (table === undefined) {
      const values = this.#normal.map((value) => mean + deviation * value);
      table = new Uint8Array((this.#dtype === 'F32' ? values : float32ToFloat16(values)).buffer);
      this.#scaled.set(key, table);
    }
    return table;
  }
}

/** The Box-Muller transform. */
function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
