import { wrap } from 'comlink';
import type { DecodeBench } from './decode.worker';

const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });

/** Where the benchmark finds the worker. */
Object.assign(globalThis, { bench: wrap<DecodeBench>(worker) });
