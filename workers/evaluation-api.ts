/** The interface of the evaluation worker: types only. */
import type { UnitRows } from '../src/core/unit-rows';

/** Queries with known answers. */
export interface Retrieval {
  /** One row per query. */
  readonly queries: UnitRows;
  /** One row per candidate, with the queries' dim. */
  readonly candidates: UnitRows;
  /** For each query, the index of its one correct candidate. */
  readonly answers: Int32Array;
}

/** Evaluates embeddings in its own thread, since it may take minutes; knows neither models nor photos. */
export interface EvaluationApi {
  /**
   * Recall@k for each `k` of `ks`, 0..1 (`src/evaluation/recall`).
   * @throws RangeError if an answer is out of range or the dims differ
   */
  recall(retrieval: Retrieval, ks: readonly number[]): Promise<number[]>;
}
