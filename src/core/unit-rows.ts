/** Rows of length 1, such as embeddings: their dot products are cosines. */
export interface UnitRows {
  readonly count: number;
  /** Numbers per row. */
  readonly dim: number;
  /** `[count, dim]`, row-major. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** Embeddings by one model. */
export interface Embeddings extends UnitRows {
  /** The id of the model that made them: results of any other than the current one are discarded. */
  readonly model: string;
}
