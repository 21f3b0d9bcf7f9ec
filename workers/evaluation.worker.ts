/** Evaluates embeddings; holds no state. */
import { expose } from 'comlink';
import { createMetrics } from './evaluation/metrics';
import { holdLifeLock } from './life-lock';

expose(createMetrics());
holdLifeLock();
