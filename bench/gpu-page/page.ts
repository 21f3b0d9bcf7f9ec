import { wrap } from 'comlink';
import type { GpuBench } from './gpu.worker';

const worker = new Worker(new URL('./gpu.worker.ts', import.meta.url), { type: 'module' });

/** Where the benchmark finds the worker. */
Object.assign(globalThis, { bench: wrap<GpuBench>(worker) });
