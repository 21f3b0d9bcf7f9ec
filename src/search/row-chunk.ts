import type { HalfRows } from './half-rows';

/** Rows per chunk. At 512 numbers per row, a chunk is 1 MiB. */
export const CHUNK_ROWS = 1024;

/** Quantisation steps from 0 to a row's peak: the largest 16-bit integer. */
export const STEPS = 2 ** 15 - 1;

/**
 * Up to 1,024 rows, each quantised to 16-bit integers: a row's largest magnitude, its peak, becomes 32,767. A row with
 * a non-finite number has NaN cosines.
 */
// Why 16 bits: half the memory of float32, with an error of at most 1/65,534 of the row's peak. Cosines of 512 numbers
// are then typically off by 1e-6, too little to justify rescoring with the original rows. Float16 has seven times the
// error, takes 1.2 times as long to read, and is missing in older engines.
// Why store the peak, not the step: a row that is read back and stored again has a bit-identical peak, so it gives the
// same row and scores.
export class RowChunk {
  /** The photo id of each row. */
  readonly ids = new Int32Array(CHUNK_ROWS);
  /** The largest magnitude in each row. */
  readonly peaks = new Float32Array(CHUNK_ROWS);
  /** `[1024, width]`, row-major. */
  readonly numbers: Int16Array<ArrayBuffer>;
  /** Number of rows in use. */
  count = 0;
  /** Increases with every change of a row. */
  revision = 0;
  readonly #width: number;

  /** @param width numbers per row */
  constructor(width: number) {
    this.#width = width;
    this.numbers = new Int16Array(CHUNK_ROWS * width);
  }

  /** Stores a row of at most `width` numbers, always of the same length: the padding stays 0. */
  // Why these loops: a million rows of 512 take a second. With `for … of` and Math.round they take six.
  write(row: number, id: number, values: Float32Array): void {
    let peak = 0;
    // NaN if any value is NaN.
    for (let i = values.length; i-- > 0;) peak = Math.max(peak, Math.abs(values[i]!));
    const steps = peak > 0 ? STEPS / peak : 0;
    const start = row * this.#width;
    for (let i = 0; i < values.length; i++) this.numbers[start + i] = Math.floor(values[i]! * steps + 0.5);
    this.ids[row] = id;
    this.peaks[row] = peak;
    this.revision += 1;
  }

  /** As `write`, the same row from float16 numbers, quantised by `rows`. */
  writeHalves(row: number, id: number, halves: Uint16Array, rows: HalfRows): void {
    this.peaks[row] = rows.quantise(halves, STEPS);
    this.numbers.set(rows.numbers, row * this.#width);
    this.ids[row] = id;
    this.revision += 1;
  }

  /** Copies a row from another chunk, or from this one. */
  copy(row: number, from: RowChunk, fromRow: number): void {
    const start = fromRow * this.#width;
    this.numbers.set(from.numbers.subarray(start, start + this.#width), row * this.#width);
    this.ids[row] = from.ids[fromRow]!;
    this.peaks[row] = from.peaks[fromRow]!;
    this.revision += 1;
  }

  /** The first `length` numbers of a row. */
  read(row: number, length: number): Float32Array<ArrayBuffer> {
    const values = new Float32Array(length);
    const start = row * this.#width;
    const step = this.peaks[row]! / STEPS;
    for (let i = 0; i < length; i++) values[i] = this.numbers[start + i]! * step;
    return values;
  }

  /**
   * Writes the cosine of `query` with each row to `out[start]`, `out[start + stride]` and so on: the dot product,
   * summed in double precision in fixed order, so that equal rows score equally.
   * @param query `width` numbers
   */
  // Why four rows at once: four independent sums, and each number of the query is read once for four rows. 100,000 rows
  // of 512 take 35 ms, while merely summing their numbers takes 23.
  cosines(query: Float64Array, out: Float32Array, start = 0, stride = 1): void {
    const { numbers, peaks, count } = this;
    const width = query.length;
    let place = start;
    let row = 0;
    for (; row + 3 < count; row += 4) {
      const [rowA, rowB, rowC, rowD] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width];
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let i = 0; i < width; i++) {
        const weight = query[i]!;
        a += numbers[rowA + i]! * weight;
        b += numbers[rowB + i]! * weight;
        c += numbers[rowC + i]! * weight;
        d += numbers[rowD + i]! * weight;
      }
      out[place] = a * (peaks[row]! / STEPS);
      out[place + stride] = b * (peaks[row + 1]! / STEPS);
      out[place + 2 * stride] = c * (peaks[row + 2]! / STEPS);
      out[place + 3 * stride] = d * (peaks[row + 3]! / STEPS);
      place += 4 * stride;
    }
    for (; row < count; row++, place += stride) out[place] = this.cosine(query, row);
  }

  /** The cosine of `query` with one row, identical to that of `cosines`. */
  cosine(query: Float64Array, row: number): number {
    const start = row * query.length;
    let sum = 0;
    for (let i = 0; i < query.length; i++) sum += this.numbers[start + i]! * query[i]!;
    return Math.fround(sum * (this.peaks[row]! / STEPS));
  }
}
