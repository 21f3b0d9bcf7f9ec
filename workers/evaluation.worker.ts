/** Evaluates embeddings, and keeps what it trains. */
import { expose } from 'comlink';
import { storageRoot } from '../src/storage/directory';
import { createEvaluation } from './evaluation/evaluation';
import { holdLifeLock } from './life-lock';

expose(createEvaluation(storageRoot));
holdLifeLock();
