/** Opens embeddings made elsewhere and searches them, in a thread of its own as the page does. */
import { expose } from 'comlink';
import { createExchange } from '../../workers/exchange/foreign-rows';
import { Clusters } from '../index-search-page/clusters';

type Files = readonly { readonly path: string; readonly file: File }[];

/** Bytes that are read at once, as opening does. */
const AT_ONCE = 2 ** 23;

/** Runs before those that count: by then the code is compiled. */
const WARM_UP = 5;

const exchange = createExchange();
let dim = 0;
let rows = 0;

const bench = {
  /** Milliseconds to read the same bytes and do nothing with them. */
  async read(files: Files): Promise<number> {
    const began = performance.now();
    for (const { file } of files)
      for (let at = 0; at < file.size; at += AT_ONCE) await file.slice(at, at + AT_ONCE).arrayBuffer();
    return performance.now() - began;
  },

  /** Milliseconds to open them, and bytes of memory by their own account. */
  async open(files: Files): Promise<{ milliseconds: number; rows: number; bytes: number }> {
    const began = performance.now();
    const opened = await exchange.openEmbeddings({ kind: 'folder', name: 'made', files }, () => undefined);
    const milliseconds = performance.now() - began;
    ({ dim, rows } = opened);
    return { milliseconds, rows, bytes: opened.bytes };
  },

  /** Milliseconds of each search for the best `k` with what is known of them, and how often its own row came first. */
  async search(runs: number, k: number): Promise<{ searches: number[]; first: number }> {
    const clusters = new Clusters(dim);
    const searches: number[] = [];
    let first = 0;
    for (let run = -WARM_UP; run < runs; run++) {
      const row = Math.floor(((run + WARM_UP + 0.5) / (runs + WARM_UP)) * rows);
      const query = clusters.row(row);
      const began = performance.now();
      const found = await exchange.searchEmbeddings(query, k);
      if (run < 0) continue;
      searches.push(performance.now() - began);
      if (found[0]?.row === row) first += 1;
    }
    return { searches, first };
  },
};

export type ExchangeBench = typeof bench;

expose(bench);
