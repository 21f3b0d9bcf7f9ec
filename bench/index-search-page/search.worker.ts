/** Fills an index and searches it, in a thread of its own as the library does. */
import { expose } from 'comlink';
import { dot } from '../../src/core/vectors';
import { EmbeddingIndex } from '../../src/search/embedding-index';
import { TopK } from '../../src/search/top-k';
import { Clusters } from './clusters';

/** Rows that are drawn at a time, outside of what is timed. */
const BATCH = 1000;

/** Runs before those that count: by then the code is compiled. */
const WARM_UP = 5;

let index = new EmbeddingIndex(1);
let clusters = new Clusters(1);

const bench = {
  /** Milliseconds that `set` takes in all, and bytes of what the index holds its rows in. */
  fill(count: number, dim: number): { milliseconds: number; bytes: number } {
    index = new EmbeddingIndex(dim);
    clusters = new Clusters(dim);
    let milliseconds = 0;
    for (let first = 0; first < count; first += BATCH) {
      const rows = Array.from({ length: BATCH }, (_, i) => clusters.row(first + i));
      const began = performance.now();
      for (const [i, row] of rows.entries()) index.set(first + i, row);
      milliseconds += performance.now() - began;
    }
    const bytes = index.chunks.reduce(
      (sum, { numbers, peaks, ids }) => sum + numbers.byteLength + peaks.byteLength + ids.byteLength,
      0,
    );
    return { milliseconds, bytes };
  },

  /** Milliseconds of each search for the best `k`, and of a plain pass over the same memory after each. */
  search(runs: number, k: number): { searches: number[]; passes: number[] } {
    const [searches, passes]: [number[], number[]] = [[], []];
    for (let run = -WARM_UP; run < runs; run++) {
      const query = queryOf(run + WARM_UP, runs + WARM_UP);
      const search = timed(() => index.topK(query, k));
      const pass = timed(plainPass);
      if (run < 0) continue;
      searches.push(search);
      passes.push(pass);
    }
    return { searches, passes };
  },

  /**
   * Against the rows in float32, scored one by one: the share of the best `k` that is found, over all queries, the most
   * that a score of these is off, and for each query by how much the k-th best is ahead of the next.
   */
  compare(queries: number, k: number): { recall: number; largestError: number; gaps: number[] } {
    const rows = Array.from({ length: index.count }, (_, i) => clusters.row(i));
    let [found, largestError] = [0, 0];
    const gaps: number[] = [];
    for (let number = 0; number < queries; number++) {
      const query = queryOf(number, queries);
      const best = new TopK(k + 1);
      for (const [id, row] of rows.entries()) best.offer(id, dot(row, query));
      const sorted = best.sorted();
      gaps.push((sorted[k - 1]?.score ?? NaN) - (sorted[k]?.score ?? NaN));
      const expected = new Set(sorted.slice(0, k).map(({ id }) => id));
      for (const { id, score } of index.topK(query, k)) {
        if (expected.has(id)) found += 1;
        largestError = Math.max(largestError, Math.abs(score - dot(rows[id]!, query)));
      }
    }
    return { recall: found / (queries * k), largestError, gaps };
  },
};

export type IndexBench = typeof bench;

/** One of the rows, from as many places of the index as there are queries, so that a cluster is near. */
function queryOf(number: number, queries: number): Float32Array {
  return clusters.row(Math.floor(((number + 0.5) / queries) * index.count));
}

/** The sum of all stored numbers, in four streams, which is as fast as JavaScript reads them. */
function plainPass(): number {
  let total = 0;
  for (const { numbers } of index.chunks) {
    const quarter = numbers.length / 4;
    const [second, third, fourth] = [quarter, 2 * quarter, 3 * quarter];
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < quarter; i++) {
      a = (a + numbers[i]!) | 0;
      b = (b + numbers[second + i]!) | 0;
      c = (c + numbers[third + i]!) | 0;
      d = (d + numbers[fourth + i]!) | 0;
    }
    total += a + b + c + d;
  }
  return total;
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

expose(bench);
