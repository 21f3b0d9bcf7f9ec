import type { UnitRows } from '../core/unit-rows';

/** What a column of metadata holds: `whole` are integers, `time` milliseconds since 1970. */
export type ColumnType = 'text' | 'whole' | 'number' | 'truth' | 'time';

/** A column of metadata. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Of the type of its column; undefined or null where it is unknown. */
export type Cell = string | number | boolean | undefined | null;

/** Embeddings, each with what is known of its picture. */
export interface RowsWithCells extends UnitRows {
  /** For each row its cells, in the order of the columns. */
  readonly cells: readonly (readonly Cell[])[];
}

/** The column that says which picture a row is of, as the field calls it. */
export const PATH_COLUMN: Column = { name: 'image_path', type: 'text' };

/** Writes embeddings as they come; they need not be held. */
export interface RowsWriter {
  /** Rows after those before. @throws RangeError, and what its sinks throw */
  add(rows: RowsWithCells): Promise<void>;
  /** Completes the files: they are of use only once it resolves. */
  finish(): Promise<void>;
}

/** How far the square of a row's length may be from 1: float16 numbers are within a tenth of it. */
const TOLERANCE = 0.01;

/**
 * @throws RangeError if there are not as many cells as rows or numbers, a row has another length than `dim`, or is no
 *   unit vector
 */
export function checkRows(rows: RowsWithCells, dim: number, columns: readonly Column[]): void {
  const { count, data, cells } = rows;
  if (rows.dim !== dim || data.length !== count * dim || cells.length !== count)
    throw new RangeError(
      `${cells.length} rows of cells came with ${count} rows of ${rows.dim}, ${data.length} numbers in all, not ${dim} each`,
    );
  if (cells.some(({ length }) => length !== columns.length))
    throw new RangeError(`A row has not the ${columns.length} cells of its columns`);
  for (let row = 0; row < count; row++) {
    let square = 0;
    for (let i = row * dim; i < (row + 1) * dim; i++) square += data[i]! * data[i]!;
    if (!(Math.abs(square - 1) <= TOLERANCE))
      throw new RangeError(`Row ${row} has length ${Math.sqrt(square)}, not 1`);
  }
}
