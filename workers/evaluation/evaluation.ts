import { ranksOf, recallAt } from '../../src/evaluation/recall';
import type { EvaluationApi } from '../evaluation-api';

/** The evaluation worker's API. */
export const evaluation: EvaluationApi = {
  recall: async ({ queries, candidates, answers }, ks) => {
    const ranks = ranksOf(queries, candidates, answers);
    return ks.map((k) => recallAt(k, ranks));
  },
};
