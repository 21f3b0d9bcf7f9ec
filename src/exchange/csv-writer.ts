import { writeCsv } from '../core/csv';
import { rowAt } from '../core/unit-rows';
import {
  checkRows,
  type Cell,
  type Column,
  type ColumnType,
  type RowsWithCells,
  type RowsWriter,
} from './rows';
import type { Sink } from './sink';

/**
 * Writes CSV as `COPY … FROM … WITH (FORMAT csv, HEADER)` of PostgreSQL reads it, each embedding as pgvector writes one:
 * `[0.1,-0.2]`. Numbers have nine digits, enough for every float32 to be read back the same.
 */
export class CsvRowsWriter implements RowsWriter {
  readonly #sink: Sink;
  readonly #columns: readonly Column[];
  readonly #dim: number;
  readonly #embedding: string;
  #isBegun = false;

  constructor(sink: Sink, columns: readonly Column[], dim: number, embedding: string) {
    this.#sink = sink;
    this.#columns = columns;
    this.#dim = dim;
    this.#embedding = embedding;
  }

  async add(rows: RowsWithCells): Promise<void> {
    checkRows(rows, this.#dim, this.#columns);
    await this.#begin();
    const lines = rows.cells.map((cells, at) => [
      ...this.#columns.map(({ type }, c) => fieldOf(type, cells[c])),
      vectorOf(rowAt(rows, at)),
    ]);
    await this.#write(lines);
  }

  finish(): Promise<void> {
    return this.#begin();
  }

  async #begin(): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    await this.#write([[...this.#columns.map(({ name }) => name), this.#embedding]]);
  }

  async #write(lines: readonly (readonly (string | number | undefined)[])[]): Promise<void> {
    await this.#sink.write(new TextEncoder().encode(writeCsv(lines, 'exact')));
  }
}

function fieldOf(type: ColumnType, cell: Cell): string | number | undefined {
  if (cell === undefined || cell === null) return undefined;
  if (type === 'time') return new Date(Number(cell)).toISOString();
  return typeof cell === 'boolean' ? String(cell) : cell;
}

function vectorOf(row: Float32Array): string {
  return `[${Array.from(row, (value) => Number(value.toPrecision(9))).join(',')}]`;
}
