/** Evaluates embeddings, reads data sets, and keeps what it trains and was given. */
import { expose, transfer } from 'comlink';
import { storageRoot } from '../src/storage/directory';
import { createEvaluation } from './evaluation/evaluation';
import type { EvaluationApi } from './evaluation-api';
import { holdLifeLock } from './life-lock';

const evaluation = createEvaluation(storageRoot);

const api: EvaluationApi = {
  ...evaluation,
  async nextPictures(count) {
    const batch = await evaluation.nextPictures(count);
    return batch && transfer(batch, [...new Set(batch.pictures.map(({ bytes }) => bytes.buffer))]);
  },
};

expose(api);
holdLifeLock();
