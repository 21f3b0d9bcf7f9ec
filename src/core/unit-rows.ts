/** Rows of length 1, such as embeddings: their dot products are cosines. */
export interface UnitRows {
  readonly count: number;
  /** Numbers per row. */
  readonly dim: number;
  /** `[count, dim]`, row-major. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** The row at `index`, 0..count - 1: a view, no copy. */
export function rowAt({ dim, data }: UnitRows, index: number): Float32Array<ArrayBuffer> {
  return data.subarray(index * dim, (index + 1) * dim);
}

/** The rows at `indices`, in that order: copies. */
export function pickRows(rows: UnitRows, indices: ArrayLike<number>): UnitRows {
  const { dim } = rows;
  const data = new Float32Array(indices.length * dim);
  for (let to = 0; to < indices.length; to++) data.set(rowAt(rows, indices[to]!), to * dim);
  return { count: indices.length, dim, data };
}

/** Embeddings by one model. */
export interface Embeddings extends UnitRows {
  /** The id of the model that made them: results of any other than the current one are discarded. */
  readonly model: string;
}
