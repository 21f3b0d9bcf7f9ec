import { parquetMetadataAsync, parquetRead, parquetSchema, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { grouped } from '../core/digits';
import { Failure, messageOf } from '../core/failure';
import { float32ToFloat16 } from '../formats/float16';
import type { ByteSource } from '../formats/byte-source';
import type { TextColumn } from './text-column';

/** What lists of numbers are called, the first that is there being taken; else it is the only one. */
const EMBEDDING_NAMES = ['embedding', 'embeddings', 'image_embedding', 'image_embeddings', 'vector'];

/** Numbers that a row group may hold: all of one are in memory at once, in several forms. */
const MOST_NUMBERS = 2 ** 26;

/** A Parquet file. */
export class ParquetFile {
  readonly rows: number;
  /** Key-value pairs of its footer. */
  readonly footer: ReadonlyMap<string, string>;
  /** Names of its columns of texts. */
  readonly texts: readonly string[];
  readonly #source: ByteSource;
  readonly #metadata: FileMetaData;

  private constructor(source: ByteSource, metadata: FileMetaData) {
    this.#source = source;
    this.#metadata = metadata;
    this.rows = Number(metadata.num_rows);
    this.footer = new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
    this.texts = parquetSchema(metadata)
      .children.filter(({ element, children }) => children.length === 0 && element.type === 'BYTE_ARRAY')
      .map(({ element }) => element.name);
  }

  /** @throws EmbeddingsMalformed, and what reading `source` throws */
  static async open(source: ByteSource): Promise<ParquetFile> {
    return new ParquetFile(source, await named(() => parquetMetadataAsync(bufferOf(source))));
  }

  /** The column of embeddings. @throws EmbeddingsUnclear if there is none, or it is one of several */
  embeddingColumn(): string {
    const lists = parquetSchema(this.#metadata)
      .children.filter(({ children }) => isNumberList(children[0]?.children[0]?.element))
      .map(({ element }) => element.name);
    const known = EMBEDDING_NAMES.find((name) => lists.includes(name));
    const [first] = lists;
    if (known !== undefined) return known;
    if (first === undefined)
      throw new Failure('EmbeddingsUnclear', 'The Parquet file has no column of lists of numbers.');
    if (lists.length > 1)
      throw new Failure(
        'EmbeddingsUnclear',
        `The Parquet file has several columns of lists, none called embedding: ${lists.join(', ')}.`,
      );
    return first;
  }

  /** Adds a column's texts to `into`, one row group at a time. @throws EmbeddingsMalformed */
  async readTexts(column: string, into: TextColumn): Promise<void> {
    for (const { first, end } of this.#groups()) {
      const texts = await this.#column<Uint8Array | null | undefined>(column, first, end);
      into.add(texts.map((text) => text ?? undefined));
    }
  }

  /**
   * The rows of the column of embeddings as float16 numbers, `[n, dim]` each time.
   * @throws EmbeddingsMalformed if rows differ in length; OutOfMemory if a row group has too many numbers
   */
  async *readEmbeddings(column: string): AsyncGenerator<{ dim: number; halves: Uint16Array<ArrayBuffer> }> {
    let dim: number | undefined;
    for (const { first, end, numbers } of this.#groups(column)) {
      if (numbers > MOST_NUMBERS) {
        const message = `A row group has ${grouped(numbers)} numbers: write the file with row_group_size=10000.`;
        throw new Failure('OutOfMemory', message);
      }
      const rows = await this.#column<ArrayLike<number> | null>(column, first, end);
      dim ??= rows[0]?.length ?? 0;
      const values = new Float32Array(rows.length * dim);
      for (const [at, row] of rows.entries()) {
        if (row?.length !== dim || dim === 0) {
          const message = `Row ${grouped(first + at)} has ${row?.length ?? 0} numbers, the first has ${dim}.`;
          throw new Failure('EmbeddingsMalformed', message);
        }
        values.set(row, at * dim);
      }
      yield { dim, halves: float32ToFloat16(values) };
    }
  }

  /** The row groups: their rows, and how many numbers their `column` has. */
  *#groups(column?: string): Generator<{ first: number; end: number; numbers: number }> {
    let first = 0;
    for (const group of this.#metadata.row_groups) {
      const end = first + Number(group.num_rows);
      const chunk = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === column);
      yield { first, end, numbers: Number(chunk?.meta_data?.num_values ?? 0) };
      first = end;
    }
  }

  async #column<Value>(column: string, rowStart: number, rowEnd: number): Promise<Value[]> {
    const found: Value[] = [];
    await named(() =>
      parquetRead({
        file: bufferOf(this.#source),
        metadata: this.#metadata,
        columns: [column],
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
        parsers: { stringFromBytes: (bytes: Uint8Array) => bytes },
        onChunk: ({ columnData }) => {
          for (const value of columnData as ArrayLike<Value> & Iterable<Value>) found.push(value);
        },
      }),
    );
    return found;
  }
}

function isNumberList(element: { type?: string; logical_type?: { type: string } } | undefined): boolean {
  const type = element?.type ?? '';
  return type === 'FLOAT' || type === 'DOUBLE' || element?.logical_type?.type === 'FLOAT16';
}

/** What the package reads from. It may leave out where a slice ends. */
function bufferOf(source: ByteSource) {
  const { byteLength } = source;
  return { byteLength, slice: (start: number, end = byteLength) => source.slice(start, end) };
}

/** The package's errors by name; those of the source are passed on. */
async function named<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = `The Parquet file could not be read: ${messageOf(error)}.`;
    throw new Failure('EmbeddingsMalformed', message, { cause: error });
  }
}
