/**
 * What a person waits for: from opening the page to the sample album searched and labelled, and what 200 files
 * dropped at once cost the main thread. `npm run bench -- first-run`
 */
import { rm } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { dropOnPage, makeOddFolder } from '../tests/helpers/drop';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';
import { serveDist } from '../tools/start.js';
import { median, spread, writeResult } from './result';

const RUNS = 5;

interface Trace {
  readonly traceEvents: readonly {
    readonly name: string;
    readonly ph: string;
    readonly pid: number;
    readonly tid: number;
    readonly dur?: number;
    readonly args?: { readonly name?: string };
  }[];
}

const server = await serveDist({ port: 0 });
const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
const [searched, labelled] = [[], []] as [number[], number[]];
for (let run = 0; run < RUNS; run++) {
  const times = await withPage(browser, albumTimes);
  searched.push(times.searched);
  labelled.push(times.labelled);
}
const longest: number[] = [];
for (let run = 0; run < RUNS; run++) longest.push(await withPage(browser, longestTask));
await writeResult('first-run', browser.version(), {
  'open the page, add the album, first complete answer to a typed query (s)': summary(searched),
  'and every picture labelled (s)': summary(labelled),
  'longest main-thread task while 200 files dropped at once are indexed (ms)': summary(longest),
});
await browser.close();
await server.close();

async function withPage<T>(of: Browser, use: (page: Page) => Promise<T>): Promise<T> {
  const context = await of.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(180_000);
    return await use(page);
  } finally {
    await context.close();
  }
}

/** Seconds from navigation, everything fetched anew. */
async function albumTimes(page: Page): Promise<{ searched: number; labelled: number }> {
  const began = performance.now();
  await page.goto(`${server.url}/?backend=wasm`);
  await page.getByRole('button', { name: 'Try the sample album' }).click();
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText('80 results for two cats').waitFor();
  const afterSearch = (performance.now() - began) / 1000;
  await page.getByRole('tab', { name: 'Label' }).click();
  await page
    .getByRole('status')
    .getByText(/80 photos labelled/)
    .waitFor();
  return { searched: afterSearch, labelled: (performance.now() - began) / 1000 };
}

/** Milliseconds of the longest task of the page's main thread, from a trace. */
async function longestTask(page: Page): Promise<number> {
  const made = await makeOddFolder(200);
  await page.goto(`${server.url}/?backend=wasm`);
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  await dropOnPage(page, made.files);
  await page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor();
  await page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor({ state: 'hidden' });
  const trace = JSON.parse((await browser.stopTracing()).toString()) as Trace;
  await rm(made.folder, { recursive: true });
  const main = trace.traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const isMain = new Set(main.map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = trace.traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && isMain.has(`${pid} ${tid}`),
  );
  if (tasks.length === 0) throw new Error('The trace holds no task of the main thread');
  return Math.max(...tasks.map(({ dur = 0 }) => dur / 1000));
}

function summary(values: readonly number[]): { median: number; spread: number; values: readonly number[] } {
  return { median: median(values), spread: spread(values), values };
}
