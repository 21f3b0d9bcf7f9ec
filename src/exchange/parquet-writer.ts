import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { rowAt } from '../core/unit-rows';
import { footerOf, type Provenance } from './provenance';
import {
  checkRows,
  type Cell,
  type Column,
  type ColumnType,
  type RowsWithCells,
  type RowsWriter,
} from './rows';
import type { Sink } from './sink';

type SchemaElements = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/** Cells a row group holds at most, a row of numbers counting as many: what is held before it is written. */
const GROUP_CELLS = 2 ** 20;

/** Parquet's type of a column. A list of float32 numbers is one of three levels, as the format lays down. */
const TYPES: Readonly<Record<ColumnType, Omit<SchemaElements[number], 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  whole: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  truth: { type: 'BOOLEAN' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};

/**
 * Writes a Parquet file of metadata, and of the embeddings as a list of float32 numbers if `embedding` names that column.
 * Row groups are written as they fill; the footer says what made the embeddings.
 *
 * Why this plain encoding of numbers: nothing compresses embeddings, and trying takes longer than writing them.
 */
export class ParquetRowsWriter implements RowsWriter {
  readonly #columns: readonly Column[];
  readonly #dim: number;
  readonly #embedding: string | undefined;
  readonly #bytes: SinkWriter;
  readonly #file: ParquetWriter;
  readonly #groupRows: number;
  /** What is not written yet, by column. */
  #cells: unknown[][] = [];
  #rows: number[][] = [];

  constructor(sink: Sink, columns: readonly Column[], made: Provenance, embedding?: string) {
    this.#columns = columns;
    this.#dim = made.dim;
    this.#embedding = embedding;
    this.#groupRows = Math.ceil(GROUP_CELLS / (columns.length + (embedding === undefined ? 0 : made.dim)));
    this.#bytes = new SinkWriter(sink);
    this.#file = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaOf(columns, embedding),
      kvMetadata: footerOf(made),
      createdBy: 'clipscope',
    });
    this.#clear();
  }

  async add(rows: RowsWithCells): Promise<void> {
    checkRows(rows, this.#dim, this.#columns);
    for (const [at, cells] of rows.cells.entries()) {
      for (const [c, { type }] of this.#columns.entries()) this.#cells[c]!.push(valueOf(type, cells[c]));
      if (this.#embedding !== undefined) this.#rows.push(Array.from(rowAt(rows, at)));
      if (this.#cells[0]!.length === this.#groupRows) await this.#flush();
    }
  }

  async finish(): Promise<void> {
    await this.#flush();
    await this.#file.finish();
    await this.#bytes.flush();
  }

  async #flush(): Promise<void> {
    const count = this.#cells[0]!.length;
    if (count === 0) return;
    const columnData: Parameters<ParquetWriter['write']>[0]['columnData'] = this.#columns.map(
      ({ name }, c) => ({ name, data: this.#cells[c]!, offsetIndex: false }),
    );
    if (this.#embedding !== undefined)
      columnData.push({
        name: this.#embedding,
        data: this.#rows,
        encoding: 'PLAIN',
        codec: 'UNCOMPRESSED',
        statistics: false,
        offsetIndex: false,
      });
    await this.#file.write({ columnData, rowGroupSize: count });
    this.#clear();
  }

  #clear(): void {
    this.#cells = this.#columns.map(() => []);
    this.#rows = [];
  }
}

/** Hands over what was written after each row group, so that no more is held. */
class SinkWriter extends ByteWriter {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    super(2 ** 20);
    this.#sink = sink;
  }

  async flush(): Promise<void> {
    const bytes = this.getBytes().slice();
    this.index = 0;
    if (bytes.length > 0) await this.#sink.write(bytes);
  }
}

function schemaOf(columns: readonly Column[], embedding?: string): SchemaElements {
  const cells = columns.map(({ name, type }) => ({
    name,
    repetition_type: 'OPTIONAL' as const,
    ...TYPES[type],
  }));
  const list: SchemaElements =
    embedding === undefined
      ? []
      : [
          {
            name: embedding,
            repetition_type: 'REQUIRED',
            num_children: 1,
            converted_type: 'LIST',
            logical_type: { type: 'LIST' },
          },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', repetition_type: 'REQUIRED', type: 'FLOAT' },
        ];
  const children = columns.length + (embedding === undefined ? 0 : 1);
  return [{ name: 'schema', num_children: children }, ...cells, ...list];
}

function valueOf(type: ColumnType, cell: Cell): unknown {
  if (cell === undefined || cell === null) return null;
  if (type === 'whole') return BigInt(cell);
  return type === 'time' ? new Date(Number(cell)) : cell;
}
