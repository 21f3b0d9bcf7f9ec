import type { UnitRows } from '../core/unit-rows';
import { DOT_BYTES, DOT_ROWS, openKernels, ROW_BYTES } from './kernels';

/** The largest length of a row in 16-bit integers: no dot product, nor a part of one, then exceeds 2^30. */
const LONGEST = 2 ** 15 - 1;

/** Columns that are compared with all rows before the next: together they fit into a processor's cache. */
const BLOCK = 256;

/** Rows rounded to 16-bit integers. */
interface Rounded {
  /** What a number was multiplied by. */
  readonly scale: number;
  /** The largest length of what rounding took from a row, in these integers. */
  readonly lost: number;
}

/**
 * The scores of rows with columns, as the reference computes them: dot products in float32, of rows that were
 * multiplied by `factor` before.
 */
export class Scores {
  readonly rows: UnitRows;
  readonly columns: UnitRows;

  /** @throws RangeError if the dims differ or a number is not finite */
  constructor(rows: UnitRows, columns: UnitRows, factor = 1) {
    if (rows.dim !== columns.dim) throw new RangeError(`Rows of ${rows.dim} and ${columns.dim} numbers`);
    for (const { data, dim } of [rows, columns]) {
      for (let at = 0; at < data.length; at++) {
        if (!Number.isFinite(data[at])) throw new RangeError(`Row ${Math.floor(at / dim)} holds ${data[at]}`);
      }
    }
    this.rows = factor === 1 ? rows : { ...rows, data: rows.data.map((value) => value * factor) };
    this.columns = columns;
  }

  at(row: number, column: number): number {
    const { dim } = this.rows;
    const [a, b] = [this.rows.data, this.columns.data];
    let sum = 0;
    for (let i = row * dim, j = column * dim; i < (row + 1) * dim; i++, j++) sum += a[i]! * b[j]!;
    return Math.fround(sum);
  }

  /** All scores of a row. */
  ofRow(row: number): Float32Array {
    return Float32Array.from({ length: this.columns.count }, (_, column) => this.at(row, column));
  }

  /** All scores of a column. */
  ofColumn(column: number): Float32Array {
    return Float32Array.from({ length: this.rows.count }, (_, row) => this.at(row, column));
  }

  /**
   * All scores, but rounded, in blocks.
   * @throws RangeError if there is no room for the rounded rows
   */
  rounded(): RoundedScores {
    return new RoundedScores(this.rows, this.columns);
  }
}

/**
 * Scores in whole numbers that are off by less than `margin`.
 *
 * Why: products of 16-bit integers take a quarter of the time of those of floats, and are exact. Almost every score is
 * far from what it is compared with; the few that are not are computed again.
 */
class RoundedScores {
  /** What a score was multiplied by. */
  readonly scale: number;
  readonly margin: number;
  readonly #rows: number;
  readonly #columns: number;
  readonly #step: number;
  readonly #kernels;
  /** Where columns and scores begin, in bytes. */
  readonly #columnsAt: number;
  readonly #scoresAt: number;

  constructor(rows: UnitRows, columns: UnitRows) {
    this.#rows = rows.count;
    this.#columns = columns.count;
    this.#step = Math.ceil((2 * rows.dim) / ROW_BYTES) * ROW_BYTES;
    this.#columnsAt = Math.ceil(rows.count / DOT_ROWS) * DOT_ROWS * this.#step;
    this.#scoresAt = this.#columnsAt + (columns.count + (columns.count % 2)) * this.#step;
    this.#kernels = openKernels(this.#scoresAt + BLOCK * DOT_BYTES);
    const [left, right] = [this.#round(rows, 0), this.#round(columns, this.#columnsAt)];
    this.scale = left.scale * right.scale;
    // |ab - a'b'| <= |a - a'||b| + |a'||b - b'|, and no row is longer than LONGEST.
    this.margin = LONGEST * (left.lost + right.lost) + 1;
  }

  /**
   * Calls `visit` with blocks of scores: those of the columns from `column` on with the `DOT_ROWS` rows from `row` on
   * are `scores`, by column; past the last row or column they mean nothing.
   * @param pause called between blocks with what is done, of a total
   */
  async forBlocks(
    visit: (scores: Int32Array, row: number, rows: number, column: number, columns: number) => void,
    pause: (done: number, total: number) => Promise<void> | undefined,
  ): Promise<void> {
    const { memory, dots } = this.#kernels;
    const scores = new Int32Array(memory.buffer, this.#scoresAt, BLOCK * DOT_ROWS);
    const total = this.#rows * this.#columns;
    for (let column = 0; column < this.#columns; column += BLOCK) {
      const columns = Math.min(BLOCK, this.#columns - column);
      const from = this.#columnsAt + column * this.#step;
      for (let row = 0; row < this.#rows; row += DOT_ROWS) {
        const pausing = pause(column * this.#rows + row * columns, total);
        if (pausing) await pausing;
        dots(row * this.#step, from, from + columns * this.#step, this.#step, this.#scoresAt);
        visit(scores, row, Math.min(DOT_ROWS, this.#rows - row), column, columns);
      }
    }
  }

  /** Writes rows, rounded, to the memory. */
  #round({ count, dim, data }: UnitRows, at: number): Rounded {
    const numbers = new Int16Array(this.#kernels.memory.buffer, at, (count * this.#step) / 2);
    let longest = 0;
    for (let row = 0; row < count; row++) {
      let squares = 0;
      for (let from = row * dim; from < (row + 1) * dim; from++) squares += data[from]! * data[from]!;
      longest = Math.max(longest, Math.sqrt(squares));
    }
    // Rounding makes a row longer by less than half of this root.
    const scale = longest > 0 ? (LONGEST - Math.sqrt(dim)) / longest : 1;
    let lost = 0;
    for (let row = 0; row < count; row++) {
      let squares = 0;
      for (let from = row * dim, to = (row * this.#step) / 2; from < (row + 1) * dim; from++, to++) {
        const exact = data[from]! * scale;
        const number = Math.floor(exact + 0.5);
        numbers[to] = number;
        squares += (exact - number) * (exact - number);
      }
      lost = Math.max(lost, Math.sqrt(squares));
    }
    return { scale, lost };
  }
}
