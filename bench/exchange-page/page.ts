import { wrap } from 'comlink';
import type { ExchangeBench } from './exchange.worker';

const worker = new Worker(new URL('./exchange.worker.ts', import.meta.url), { type: 'module' });
const exchange = wrap<ExchangeBench>(worker);

/** The folder that the benchmark gave, as the page's own picker lists it. */
function given() {
  const files = Array.from(document.querySelector('input')?.files ?? []);
  return files.map((file) => ({
    path: file.name.endsWith('.npy') ? `img_emb/${file.name}` : `metadata/${file.name}`,
    file,
  }));
}

/** Where the benchmark finds the worker. */
export const bench = {
  read: () => exchange.read(given()),
  open: () => exchange.open(given()),
  search: (runs: number, k: number) => exchange.search(runs, k),
};

Object.assign(globalThis, { bench });
