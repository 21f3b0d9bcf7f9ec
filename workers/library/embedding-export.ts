import type { PreprocessSettings } from '../../src/core/preprocess-settings';

/** clip-retrieval's partitions, one Parquet file, or CSV for pgvector. */
export type ExportLayout = 'clip-retrieval' | 'parquet' | 'csv';

/** Which embeddings to write, and how. */
export interface EmbeddingExport {
  /** Id of the model that made them, which is open. */
  readonly model: string;
  /** How its weights are kept. */
  readonly precision: string;
  readonly preprocess: PreprocessSettings;
  readonly layout: ExportLayout;
  /** The photos. Those without an embedding are left out. */
  readonly ids: readonly number[];
  /** A folder that the user picked: a new one is made in it. Absent: the files are returned. */
  readonly folder?: FileSystemDirectoryHandle;
}

/** What was written. */
export interface ExportedEmbeddings {
  /** Number of photos. */
  readonly count: number;
  /** Name of the folder that was made. */
  readonly folder?: string;
  /** The files, with their paths, if there is no folder. */
  readonly files: readonly { readonly name: string; readonly file: Blob }[];
}
