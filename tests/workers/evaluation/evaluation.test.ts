import { describe, expect, it } from 'vitest';
import { evaluation } from '../../../workers/evaluation/evaluation';
import { RETRIEVAL } from './retrieval';

describe('recall', () => {
  it('tells the share of queries whose answer is among the first k', async () => {
    expect(await evaluation.recall(RETRIEVAL, [1, 2, 3])).toEqual([0.25, 0.75, 1]);
  });

  it('refuses an answer that is no candidate', async () => {
    const answers = Int32Array.of(0, 1, 3, 0);
    await expect(evaluation.recall({ ...RETRIEVAL, answers }, [1])).rejects.toThrow(
      new RangeError('Query 2 names candidate 3 of 3'),
    );
  });
});
