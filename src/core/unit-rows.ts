/** Rows of length 1, such as embeddings: their dot products are cosines. */
export interface UnitRows {
  readonly count: number;
  /** Numbers a row. */
  readonly dim: number;
  /** `[count, dim]`, row-major. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** Embeddings by one model. */
export interface Embeddings extends UnitRows {
  /** The id of the model that made them: an answer for another model than the current one is dropped. */
  readonly model: string;
}
