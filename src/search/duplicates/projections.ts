import { mulberry32 } from '../../core/random';

/** Rounds before the first one whose numbers are used: by then each number depends on the whole row. */
const ROUNDS_BEFORE = 2;

/** Minimum width of a round. In a narrower one, projections would be too correlated. */
const LEAST_WIDTH = 64;

/** Random projections of rows of one length, reproducible by `seed`. */
// Why rounds of sign flips and a Walsh-Hadamard transform (Ailon and Chazelle's fast transform): 512 projections of a
// row of 512 take 4,608 additions instead of 262,144 products with independent directions. Each round rotates the whole
// row, so its numbers are the row's coordinates on other axes, and any subset of them is a fair sample.
export class Projections {
  /** Numbers per round: a power of 2, at least the row's length. The row's squared norm is spread evenly over them. */
  readonly width: number;
  /** Sign flips of all rounds, scaled so that a round preserves norms. */
  readonly #flips: Float64Array;
  readonly #turned: Float64Array;
  readonly #values: Float64Array;

  /** @param count projections needed; `of` returns whole rounds, at least one */
  constructor(dim: number, count: number, seed: number) {
    this.width = 2 ** Math.ceil(Math.log2(Math.max(dim, LEAST_WIDTH)));
    const rounds = Math.max(1, Math.ceil(count / this.width));
    const random = mulberry32(seed);
    const scale = 1 / Math.sqrt(this.width);
    const flips = { length: (ROUNDS_BEFORE + rounds) * this.width };
    this.#flips = Float64Array.from(flips, () => (random() < 0.5 ? -scale : scale));
    this.#turned = new Float64Array(this.width);
    this.#values = new Float64Array(rounds * this.width);
  }

  /** The projections of `row`, round by round: a view, valid until the next call. */
  of(row: Float32Array): Float64Array {
    const turned = this.#turned.fill(0);
    turned.set(row);
    for (let start = 0; start < this.#flips.length; start += this.width) {
      for (let i = 0; i < this.width; i++) turned[i] = turned[i]! * this.#flips[start + i]!;
      hadamard(turned);
      const place = start - ROUNDS_BEFORE * this.width;
      if (place >= 0) this.#values.set(turned, place);
    }
    return this.#values;
  }
}

/** The Walsh-Hadamard transform, in place and unscaled. The length is a power of 2. */
function hadamard(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const a = values[i]!;
        const b = values[i + half]!;
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}
