/** Files that hold the same rows: their embeddings, and what is known of each. */
export interface RowFiles {
  /** A table of NumPy's, or a Parquet file with a column of embeddings. */
  readonly embeddings: string;
  /** Parquet; absent where it is in the same file, or there is none. */
  readonly metadata?: string;
}

const TABLE = /^(?<folder>(?:.*\/)?)img_emb\/img_emb_(?<part>\w+)\.npy$/;

/**
 * The files of embeddings among `paths`, in the order of their rows: clip-retrieval's partitions, by name as its tools
 * read them; else Parquet files; else tables of NumPy's alone.
 */
export function rowFilesIn(paths: readonly string[]): RowFiles[] {
  const sorted = paths.toSorted((a, b) => (a < b ? -1 : 1));
  const all = new Set(paths);
  const partitions = sorted.flatMap((path) => {
    const { folder, part } = TABLE.exec(path)?.groups ?? {};
    if (part === undefined) return [];
    const metadata = `${folder}metadata/metadata_${part}.parquet`;
    return [{ embeddings: path, ...(all.has(metadata) && { metadata }) }];
  });
  if (partitions.length > 0) return partitions;
  const others = (ending: string) =>
    sorted.filter((path) => path.endsWith(ending)).map((embeddings) => ({ embeddings }));
  const parquet = others('.parquet');
  return parquet.length > 0 ? parquet : others('.npy');
}
