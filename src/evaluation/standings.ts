import { slices, type Follower } from '../core/slices';
import { DOT_ROWS } from './kernels';
import type { Scores } from './scores';
import { topK } from './torch-order';

/** No rounded score is as high. */
const OUT_OF_REACH = 2 ** 31 - 1;

/**
 * Where the best of each query's own answers stands among all other answers. A query whose own answers are none has all
 * others above it.
 */
export class Standings {
  /** The score of its best own answer; -Infinity without any. */
  readonly own: Float32Array<ArrayBuffer>;
  /** How many others have a higher score; from `depth` on they are not counted. */
  readonly above: Uint32Array<ArrayBuffer>;
  /** How many others have the same score. */
  readonly equal: Uint32Array<ArrayBuffer>;
  readonly #depth: number;
  /** Rounded scores below it are lower than the own one, or need not be counted. */
  readonly low: Int32Array<ArrayBuffer>;
  /** Those above it are higher. */
  readonly #high: Int32Array<ArrayBuffer>;

  constructor(own: Float32Array<ArrayBuffer>, depth: number, rounded: { scale: number; margin: number }) {
    this.own = own;
    this.above = new Uint32Array(own.length);
    this.equal = new Uint32Array(own.length);
    this.#depth = depth;
    // The own score is a float32, and so are those that it is compared with.
    const margins = own.map((score) => rounded.margin + Math.abs(score) * rounded.scale * 2 ** -22);
    const within = (value: number) => Math.min(Math.max(value, -OUT_OF_REACH), OUT_OF_REACH);
    const limits = (sign: number) => (score: number, at: number) =>
      score === -Infinity ? -OUT_OF_REACH : within(Math.round(score * rounded.scale + sign * margins[at]!));
    this.low = Int32Array.from(own, limits(-1));
    this.#high = Int32Array.from(own, limits(1));
  }

  /** Counts another answer, whose rounded score is not below `low`. */
  count(query: number, rounded: number, score: () => number): void {
    const own = this.own[query]!;
    if (rounded > this.#high[query]! || score() > own) {
      const above = this.above[query]! + 1;
      this.above[query] = above;
      if (above === this.#depth) this.low[query] = OUT_OF_REACH;
    } else if (score() === own) {
      this.equal[query]! += 1;
    }
  }

  /**
   * Whether an own answer of `query` is among the first `k`, at most `depth`.
   * @param scores of all answers
   * @param isOwn of these answers
   */
  isAmong(query: number, k: number, scores: () => Float32Array, isOwn: (answer: number) => boolean): boolean {
    const above = this.above[query]!;
    if (above >= k) return false;
    return above + this.equal[query]! < k || topK(scores(), k).some(isOwn);
  }
}

/**
 * The standings of all rows, whose answers are the columns, and of all columns, whose answers are the rows.
 * @param answers for each row, its one own column; one that is none of the columns stands for no own answer
 * @param depth from how many answers above on they need not be counted: the largest k
 * @throws Cancelled
 */
export async function standings(
  scores: Scores,
  answers: ArrayLike<number>,
  depth: number,
  follower: Follower,
): Promise<{ rows: Standings; columns: Standings }> {
  const rounded = scores.rounded();
  const ofRows = new Float32Array(scores.rows.count).fill(-Infinity);
  const ofColumns = new Float32Array(scores.columns.count).fill(-Infinity);
  for (let row = 0; row < ofRows.length; row++) {
    const column = answers[row]!;
    if (!(column >= 0 && column < ofColumns.length)) continue;
    ofRows[row] = scores.at(row, column);
    ofColumns[column] = Math.max(ofColumns[column]!, ofRows[row]!);
  }
  const rows = new Standings(ofRows, depth, rounded);
  const columns = new Standings(ofColumns, depth, rounded);
  function count(row: number, column: number, value: number): void {
    if (answers[row] === column) return;
    const score = () => scores.at(row, column);
    if (value >= rows.low[row]!) rows.count(row, value, score);
    if (value >= columns.low[column]!) columns.count(column, value, score);
  }
  await rounded.forBlocks(
    (block, firstRow, rowCount, firstColumn, columnCount) => {
      const [lowOfRow, lowOfColumn] = [rows.low, columns.low];
      for (let lane = 0; lane < rowCount; lane++) {
        const row = firstRow + lane;
        for (let index = 0; index < columnCount; index++) {
          const value = block[index * DOT_ROWS + lane]!;
          const column = firstColumn + index;
          if (value >= lowOfRow[row]! || value >= lowOfColumn[column]!) count(row, column, value);
        }
      }
    },
    slices(follower, 'The evaluation was stopped.'),
  );
  return { rows, columns };
}
