import { wrap } from 'comlink';
import type { LimitsBench } from './limits.worker';

const worker = new Worker(new URL('./limits.worker.ts', import.meta.url), { type: 'module' });
const limits = wrap<LimitsBench>(worker);
const files = document.querySelector<HTMLInputElement>('#files')!;

/** Where the benchmark finds the worker. */
export const bench = {
  decode: (least: number) => limits.decode([...files.files!], least),
  products: (width: number, tokens: number) => limits.products(width, tokens),
  pass: (bytes: number) => limits.pass(bytes),
};

Object.assign(globalThis, { bench });
