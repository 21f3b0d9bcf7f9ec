import { HalfRows } from './half-rows';
import { SPLIT_STEPS, SplitChunk } from './split-chunk';
import { TopK, type Scored } from './top-k';

/** Rows are zero-padded to a multiple of this: a vector of bytes. */
const ALIGNMENT = 16;

/** How far a row's length may be from 1 to count as such: float16 numbers are within a tenth of it. */
const TOLERANCE = 0.005;

/**
 * Rows that are added once and then only searched, by their number: made unit length, with 16 bits a number. Those with a
 * number that is none, and those without a direction, are never found.
 */
export class SplitIndex {
  readonly dim: number;
  /** Rows that were not of length 1, and were made so. */
  scaled = 0;
  /** Rows that cannot be found. */
  unusable = 0;
  #count = 0;
  readonly #width: number;
  readonly #total: number;
  readonly #chunks: SplitChunk[] = [];
  /** Of each row, what makes its numbers unit length; NaN where nothing does. */
  readonly #scales: Float32Array<ArrayBuffer>;
  /** Scores by the upper parts, of the last search. */
  readonly #rough: Float32Array<ArrayBuffer>;
  /** The largest share of one number in a row of length 1. */
  #peak = 0;
  readonly #halfRows: HalfRows;

  /** @param total number of rows that are to be added */
  constructor(dim: number, total: number) {
    this.dim = dim;
    this.#width = Math.ceil(dim / ALIGNMENT) * ALIGNMENT;
    this.#total = total;
    this.#scales = new Float32Array(total);
    this.#rough = new Float32Array(total);
    this.#halfRows = new HalfRows(this.#width);
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of memory that the rows take. */
  get bytes(): number {
    const rows = this.#chunks.reduce((sum, { room }) => sum + room * (2 * this.#width + 4), 0);
    return rows + this.#scales.byteLength + this.#rough.byteLength;
  }

  /**
   * Adds rows of float16 numbers, `[n, dim]`.
   * @throws RangeError if they are no whole rows or more than were announced; where no memory is left
   */
  add(halves: Uint16Array): void {
    const { dim } = this;
    const rows = halves.length / dim;
    if (!Number.isInteger(rows) || this.#count + rows > this.#total)
      throw new RangeError(
        `${halves.length} numbers are not rows of ${dim}, or more than ${this.#total} rows`,
      );
    for (let at = 0; at < halves.length; at += dim) {
      const peak = this.#halfRows.quantise(halves.subarray(at, at + dim), SPLIT_STEPS);
      const length = Math.sqrt(this.#chunk().add(this.#halfRows.numbers));
      const isUsable = peak > 0 && peak < Infinity;
      if (!isUsable) this.unusable += 1;
      else if (Math.abs((length * peak) / SPLIT_STEPS - 1) > TOLERANCE) this.scaled += 1;
      this.#scales[this.#count++] = isUsable ? 1 / length : NaN;
      if (isUsable) this.#peak = Math.max(this.#peak, SPLIT_STEPS / length);
    }
  }

  /**
   * The `k` best by cosine with `query`, a row of length 1: by score descending, then by number ascending.
   * @throws RangeError if the length of `query` is not `dim`
   */
  // Why a margin: what the lower parts add to a score is the sum of `dim` numbers, each up to 1/254 of a row's largest
  // times one of the query's, of either sign. For a unit query its deviation is `#peak` / 254 / sqrt(3) at most; no row
  // comes to eight times that by chance in anybody's lifetime.
  topK(query: Float32Array, k: number): Scored[] {
    if (query.length !== this.dim)
      throw new RangeError(`A query has ${query.length} numbers instead of ${this.dim}`);
    const exact = new Float64Array(this.#width);
    exact.set(query);
    const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // So that no sum exceeds 32 bits.
    const steps = Math.min(2 ** 15 - 1, Math.floor((2 ** 31 - 1) / (128 * this.#width)));
    const rounded = Int16Array.from(exact, (value) => Math.round((value / largest) * steps));
    const rough = this.#rough;
    const scales = this.#scales;
    const each = (256 * largest) / steps;
    let first = 0;
    for (const chunk of this.#chunks) {
      const dots = chunk.dots(rounded);
      for (let i = 0; i < dots.length; i++) rough[first + i] = dots[i]! * each * scales[first + i]!;
      first += chunk.room;
    }
    const margin = (8 * this.#peak) / 254 / Math.sqrt(3) + (8 * largest) / steps / 2;
    const floor = kthLargest(rough.subarray(0, this.#count), k) - 2 * margin;
    const best = new TopK(k);
    for (let row = 0; row < this.#count; row++) {
      // False for NaN too.
      if (!(rough[row]! >= floor)) continue;
      const { room } = this.#chunks[0]!;
      const chunk = this.#chunks[Math.floor(row / room)]!;
      best.offer(row, Math.fround(chunk.dot(row % room, exact) * this.#scales[row]!));
    }
    return best.sorted();
  }

  /** The chunk for the next row. All but the last are as large as the first. */
  #chunk(): SplitChunk {
    const last = this.#chunks.at(-1);
    if (last && last.count < last.room) return last;
    const chunk = new SplitChunk(this.#width, this.#total - this.#count);
    this.#chunks.push(chunk);
    return chunk;
  }
}

/** -Infinity if there are fewer. */
function kthLargest(values: Float32Array, k: number): number {
  const best = new TopK(k);
  let { floor } = best;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! > floor)) continue;
    best.offer(i, values[i]!);
    ({ floor } = best);
  }
  return best.floor;
}
