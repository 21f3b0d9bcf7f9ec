/** The interface of the worker that searches embeddings made elsewhere. Types only. It knows no photos of the library. */
import type { GivenDataset, ReadPart } from './dataset-api';

/** Embeddings that were opened. */
export interface OpenedEmbeddings {
  /** Name of the folder or the repository. */
  readonly name: string;
  readonly rows: number;
  /** Numbers a row. */
  readonly dim: number;
  /** The model that made them; absent where the files name none. */
  readonly model?: string;
  /** Rows that were not of length 1: they are searched as if they were. */
  readonly scaled: number;
  /** Rows that cannot be found: they have a number that is none, or only zeros. */
  readonly unusable: number;
  /** Rows of partitions of which the metadata is missing. */
  readonly nameless: number;
  /** Bytes of memory that rows and texts take. */
  readonly bytes: number;
}

/** A row that was found, and what its metadata says. */
export interface FoundRow {
  /** Counted from 0, through all files. */
  readonly row: number;
  /** Cosine, -1..1. */
  readonly score: number;
  readonly path?: string;
  readonly caption?: string;
  readonly url?: string;
}

export interface ExchangeApi {
  /**
   * Reads the embeddings in a folder or in a repository on a hub, in place of those before.
   * @param read for the files of a hub
   * @param onProgress told now and then the bytes that were read, of all
   * @throws EmbeddingsUnclear, EmbeddingsMalformed, EmbeddingsMismatch, OutOfMemory, FileUnreadable, and what `read`
   *   throws
   */
  openEmbeddings(
    given: GivenDataset,
    onProgress: (done: number, total: number) => void,
    read?: ReadPart,
  ): Promise<OpenedEmbeddings>;
  /**
   * The `k` rows nearest to a row of length 1, by descending cosine.
   * @throws EmbeddingsMismatch if it has another length
   */
  searchEmbeddings(query: Float32Array, k: number): Promise<FoundRow[]>;
}
