import { grouped } from '../../src/core/digits';
import { Failure } from '../../src/core/failure';
import { findFile, type DataFiles } from '../../src/datasets/data-files';
import type { RowFiles } from '../../src/exchange/layout';
import { ParquetFile } from '../../src/exchange/parquet-reader';
import type { ByteSource } from '../../src/formats/byte-source';
import { float32ToFloat16 } from '../../src/formats/float16';
import { readNpyTable, type NpyTable } from '../../src/formats/npy';

/** Files of rows whose headers were read. */
export interface RowSource {
  readonly rows: number;
  /** Numbers a row; undefined until rows of a Parquet file are read. */
  readonly dim: number | undefined;
  /** What is known of each row. */
  readonly metadata: ParquetFile | undefined;
  /** Rows as float16 numbers, `[n, dim]` each time. */
  read(): AsyncIterable<{ readonly dim: number; readonly halves: Uint16Array }>;
}

/** Bytes read so far, of all that will be. */
export type OnBytes = (bytes: number) => void;

/** Bytes that are read at once; the next are fetched meanwhile. */
const AT_ONCE = 2 ** 23;

/**
 * Opens the files of one part of the embeddings.
 * @throws EmbeddingsMalformed, EmbeddingsUnclear, and what reading throws
 */
export async function openRows(files: DataFiles, part: RowFiles, onBytes: OnBytes): Promise<RowSource> {
  const source = await opened(files, part.embeddings, onBytes);
  if (part.embeddings.endsWith('.parquet')) return about(part.embeddings, () => parquetRows(source));
  const table = await about(part.embeddings, () => readNpyTable(source));
  const { metadata: path } = part;
  const metadata =
    path === undefined
      ? undefined
      : await about(path, async () => ParquetFile.open(await opened(files, path, onBytes)));
  if (metadata && metadata.rows !== table.rows) {
    const counts = `${part.embeddings} has ${grouped(table.rows)} rows, ${path} has ${grouped(metadata.rows)}`;
    throw new Failure('EmbeddingsMalformed', `${counts}: they do not belong together.`);
  }
  return { rows: table.rows, dim: table.dim, metadata, read: () => npyRows(source, table) };
}

async function parquetRows(source: ByteSource): Promise<RowSource> {
  const file = await ParquetFile.open(source);
  const column = file.embeddingColumn();
  return { rows: file.rows, dim: undefined, metadata: file, read: () => file.readEmbeddings(column) };
}

async function* npyRows(source: ByteSource, { rows, dim, width, start }: NpyTable) {
  const each = Math.max(1, Math.floor(AT_ONCE / (dim * width)));
  const pieceAt = (first: number) => {
    const end = Math.min(rows, first + each);
    const piece = source.slice(start + first * dim * width, start + end * dim * width);
    // It may fail before it is awaited.
    piece.catch(() => undefined);
    return piece;
  };
  let next = pieceAt(0);
  for (let first = 0; first < rows; first += each) {
    const piece = await next;
    next = pieceAt(Math.min(rows, first + each));
    yield { dim, halves: width === 2 ? new Uint16Array(piece) : float32ToFloat16(new Float32Array(piece)) };
  }
}

async function opened(files: DataFiles, path: string, onBytes: OnBytes): Promise<ByteSource> {
  const { byteLength, slice } = await findFile(files, path)!.open();
  return {
    byteLength,
    async slice(start, end) {
      const bytes = await slice(start, end);
      onBytes(bytes.byteLength);
      return bytes;
    },
  };
}

/** Has a failure say which file it is about. */
async function about<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || !error.name.startsWith('Embeddings')) throw error;
    throw new Failure(error.name, `${path}: ${error.message}`, { cause: error });
  }
}
