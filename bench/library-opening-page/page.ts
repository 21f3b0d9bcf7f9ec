import { wrap } from 'comlink';
import type { LibraryBench } from './library.worker';

const worker = new Worker(new URL('./library.worker.ts', import.meta.url), { type: 'module' });

/** Where the benchmark finds the worker. */
Object.assign(globalThis, { bench: wrap<LibraryBench>(worker) });
