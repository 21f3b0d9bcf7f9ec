/**
 * Exact search of 100,000 and of 1,000,000 embeddings in a worker in Chromium: time to fill the index, time to find the
 * best 100 against one plain pass over the same memory, bytes, and what 16 bits a number cost in accuracy.
 * `npm run bench -- index-search`
 */
import { chromium } from 'playwright-core';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';
import type { IndexBench } from './index-search-page/search.worker';
import { watchMemory } from './renderer-memory';
import { median, summary, writeResult } from './result';
import { openWorkerPage, serveWorkerPage } from './worker-page';

const SIZES = [100_000, 1_000_000];
const DIM = 512;
const K = 100;
const RUNS = 25;

/** Accuracy is compared on the smaller index only, whose rows fit beside it in float32. */
const COMPARED = 100_000;
const QUERIES = 100;

const server = await serveWorkerPage('index-search-page');
const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
const figures: Record<string, unknown> = {};
for (const size of SIZES) figures[`${size.toLocaleString('en')} x ${DIM}`] = await measure(size);
await writeResult('index-search', browser.version(), figures);
await browser.close();
await server.close();

async function measure(size: number): Promise<Record<string, unknown>> {
  const page = await browser.newPage();
  const memory = await watchMemory(browser);
  const ask = await openWorkerPage<IndexBench>(page, server.url);
  const before = await memory.now();
  const { milliseconds, bytes } = await ask('fill', size, DIM);
  const grown = (await memory.now()) - before;
  const { searches, passes } = await ask('search', RUNS, K);
  const compared = size === COMPARED ? await ask('compare', QUERIES, K) : undefined;
  await memory.stop();
  await page.close();
  return {
    'fill the index (s)': milliseconds / 1000,
    'rows in memory (bytes)': bytes,
    'and all that the renderer grew by (bytes)': grown,
    [`search, k = ${K} (ms)`]: summary(searches),
    'one plain pass over the same memory (ms)': summary(passes),
    'search by plain passes, median': median(searches) / median(passes),
    ...(compared && {
      [`recall@${K} against float32, ${QUERIES} queries`]: compared.recall,
      'largest error of a score': compared.largestError,
      [`lead of the best ${K} over the next in float32, median`]: median(compared.gaps),
    }),
  };
}
