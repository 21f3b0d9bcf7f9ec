/** The evaluation worker's boundary: types only. */
import type { UnitRows } from '../src/core/unit-rows';

/** Questions whose answers are known. */
export interface Retrieval {
  /** One row a query. */
  readonly queries: UnitRows;
  /** One row a candidate, of the queries' dim. */
  readonly candidates: UnitRows;
  /** For each query the index of its one true candidate. */
  readonly answers: Int32Array;
}

/** Measures embeddings, so that what takes minutes never holds up a search; knows neither models nor photos. */
export interface EvaluationApi {
  /**
   * Recall@k for each `k` of `ks`, 0..1 (`src/evaluation/recall`).
   * @throws RangeError when an answer is no candidate, or the dims differ
   */
  recall(retrieval: Retrieval, ks: readonly number[]): Promise<number[]>;
}
