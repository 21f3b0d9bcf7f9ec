import { rowAt, type UnitRows } from '../core/unit-rows';
import { dot } from '../core/vectors';

/**
 * The rank of each query's correct candidate among all candidates, by descending dot product, from 0. Ties are broken
 * by candidate order, so that a collapsed tower gains nothing.
 * @param answers for each query, the index of its one correct candidate
 * @throws RangeError if an answer is out of range or the dims differ
 */
export function ranksOf(queries: UnitRows, candidates: UnitRows, answers: ArrayLike<number>): Uint32Array {
  const ranks = new Uint32Array(queries.count);
  for (let query = 0; query < queries.count; query++) {
    const answer = answers[query] ?? -1;
    if (!(answer >= 0 && answer < candidates.count))
      throw new RangeError(`Query ${query} names candidate ${answer} of ${candidates.count}`);
    const asked = rowAt(queries, query);
    const own = dot(asked, rowAt(candidates, answer));
    for (let other = 0; other < candidates.count; other++) {
      if (other === answer) continue;
      const score = dot(asked, rowAt(candidates, other));
      if (score > own || (score === own && other < answer)) ranks[query] = ranks[query]! + 1;
    }
  }
  return ranks;
}

/** Recall@k with one answer per query, which equals top-k accuracy: the fraction of ranks below `k`, 0..1. */
export function recallAt(k: number, ranks: Uint32Array): number {
  return ranks.reduce((hits, rank) => hits + (rank < k ? 1 : 0), 0) / ranks.length;
}
