/** Evaluates embeddings; holds no state. */
import { expose } from 'comlink';
import { evaluation } from './evaluation/evaluation';
import { holdLifeLock } from './life-lock';

expose(evaluation);
holdLifeLock();
