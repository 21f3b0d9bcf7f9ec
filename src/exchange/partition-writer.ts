import { float32ToFloat16 } from '../formats/float16';
import { npyHeader } from '../formats/npy';
import { ParquetRowsWriter } from './parquet-writer';
import type { Provenance } from './provenance';
import { checkRows, type Column, type RowsWithCells, type RowsWriter } from './rows';
import type { Sink } from './sink';

/** The two files of a partition. */
export interface PartitionNames {
  readonly embeddings: string;
  readonly metadata: string;
}

/**
 * Where clip-retrieval keeps partition `number`, counted from 0, of `of` (`clip_inference/writer.py`): row i of one file
 * belongs to row i of the other. Tools read them by name, hence equal widths.
 * @throws RangeError unless 0 <= number < of
 */
export function partitionNames(number: number, of: number): PartitionNames {
  if (!Number.isInteger(number) || !Number.isInteger(of) || number < 0 || number >= of)
    throw new RangeError(`There is no partition ${number} of ${of}`);
  const digits = String(number).padStart(String(of).length, '0');
  return { embeddings: `img_emb/img_emb_${digits}.npy`, metadata: `metadata/metadata_${digits}.parquet` };
}

/** Writes one partition in clip-retrieval's layout: rows in float16, and their metadata beside them. */
export class PartitionWriter implements RowsWriter {
  readonly #embeddings: Sink;
  readonly #metadata: ParquetRowsWriter;
  readonly #columns: readonly Column[];
  readonly #dim: number;
  #count = 0;
  #isBegun = false;

  constructor(
    sinks: { readonly embeddings: Sink; readonly metadata: Sink },
    columns: readonly Column[],
    made: Provenance,
  ) {
    this.#embeddings = sinks.embeddings;
    this.#metadata = new ParquetRowsWriter(sinks.metadata, columns, made);
    this.#columns = columns;
    this.#dim = made.dim;
  }

  async add(rows: RowsWithCells): Promise<void> {
    checkRows(rows, this.#dim, this.#columns);
    await this.#begin();
    await this.#embeddings.write(new Uint8Array(float32ToFloat16(rows.data).buffer));
    await this.#metadata.add(rows);
    this.#count += rows.count;
  }

  async finish(): Promise<void> {
    await this.#begin();
    await this.#metadata.finish();
    // Last: until then the file says that it has no rows.
    await this.#embeddings.rewriteStart(npyHeader(this.#count, this.#dim));
  }

  async #begin(): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    await this.#embeddings.write(npyHeader(0, this.#dim));
  }
}
