/** Searches embeddings made elsewhere; a thread of its own, so that ending it gives their memory back. */
import { expose } from 'comlink';
import { createExchange } from './exchange/foreign-rows';
import { holdLifeLock } from './life-lock';

expose(createExchange());
holdLifeLock();
