import { expect, it } from 'vitest';
import { connect } from '../../src/ui/connect/connect';
import { RETRIEVAL } from '../workers/evaluation/retrieval';

const ignore = () => undefined;
const workers = connect({ clip: ignore, library: ignore, models: ignore, unkept: ignore });

it('measures recall in a worker of its own', async () => {
  expect(await workers.evaluation.recall(RETRIEVAL, [1, 2, 3])).toEqual([0.25, 0.75, 1]);
});

it('says across the boundary which answer is no candidate', async () => {
  const wrong = { ...RETRIEVAL, answers: Int32Array.of(0, 1, 3, 0) };
  await expect(workers.evaluation.recall(wrong, [1])).rejects.toThrow('Query 2 names candidate 3 of 3');
});
