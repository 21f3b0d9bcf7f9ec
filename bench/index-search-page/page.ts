import { wrap } from 'comlink';
import type { IndexBench } from './search.worker';

const worker = new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' });

/** Where the benchmark finds the worker. */
Object.assign(globalThis, { bench: wrap<IndexBench>(worker) });
