/**
 * What a person waits for: from opening the page to the sample album searched and labelled, and what 200 files
 * dropped at once cost the main thread. `npm run bench -- first-run`
 */
import { rm } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { dropOnPage, makeOddFolder } from '../tests/helpers/drop';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';
import { serveDist } from '../tools/start.js';
import { countBytes } from './byte-counter';
import { longestTasks, type Tasks } from './main-thread';
import { summary, writeResult } from './result';

const RUNS = 5;

const wallOf = ({ wall }: Tasks): number => wall;

const server = await serveDist({ port: 0 });
const [searched, labelled]: [number[], number[]] = [[], []];
const dropped: Tasks[] = [];
const chosen: Tasks[] = [];
let version = '';
for (let run = 0; run < RUNS; run++) {
  const times = await withBrowser((page) => albumTimes(page));
  searched.push(times.searched);
  labelled.push(times.labelled);
  dropped.push(await withBrowser((page, browser) => tasksOfIndexing(page, browser, dropOnPage)));
  chosen.push(await withBrowser((page, browser) => tasksOfIndexing(page, browser, chooseFiles)));
}
const bytes = await withBrowser(bytesOfVisit);
await writeResult('first-run', version, {
  'open the page, add the album, first complete answer to a typed query (s)': summary(searched),
  'and every picture labelled (s)': summary(labelled),
  'bytes of that visit, compressed': bytes.labelled,
  'bytes with what is kept for offline, compressed': bytes.kept,
  '200 files dropped at once: longest main-thread task until all are indexed (ms)': summary(
    dropped.map(wallOf),
  ),
  'of those tasks, what the page itself did in one go (ms)': summary(dropped.map(({ own }) => own)),
  'and the most processor time of any task (ms)': summary(dropped.map(({ cpu }) => cpu)),
  '200 files chosen with Add photos: longest main-thread task until all are indexed (ms)': summary(
    chosen.map(wallOf),
  ),
});
await server.close();

/** A browser of its own for each run, as a person would open it. */
async function withBrowser<T>(use: (page: Page, browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
  version = browser.version();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(180_000);
    return await use(page, browser);
  } finally {
    await browser.close();
  }
}

/** Seconds from navigation, everything fetched anew. */
async function albumTimes(page: Page, url = server.url): Promise<{ searched: number; labelled: number }> {
  const began = performance.now();
  await page.goto(`${url}/?backend=wasm`);
  await page.getByRole('button', { name: 'Try the sample album' }).click();
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText('160 results for two cats').waitFor();
  const afterSearch = (performance.now() - began) / 1000;
  // Or only what the search leaves would be labelled.
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('');
  await page.getByRole('tab', { name: 'Label' }).click();
  await page
    .getByRole('status')
    .getByText(/160 photos labelled/)
    .waitFor();
  return { searched: afterSearch, labelled: (performance.now() - began) / 1000 };
}

/** Bytes sent to a first visit, compressed: until the album is labelled, and with what is kept for a visit offline. */
async function bytesOfVisit(page: Page): Promise<{ labelled: number; kept: number }> {
  const counter = await countBytes(server.url);
  await albumTimes(page, counter.url);
  const labelled = counter.sent();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const kept = counter.sent();
  await page.goto('about:blank');
  await counter.close();
  return { labelled, kept };
}

async function chooseFiles(page: Page, files: readonly string[]): Promise<void> {
  await page.getByLabel('Add photos').setInputFiles([...files]);
}

/**
 * Chromium itself asks for each dropped file in turn before the page hears of them, in the same task: `own` leaves that
 * out.
 */
async function tasksOfIndexing(
  page: Page,
  browser: Browser,
  give: (page: Page, files: readonly string[]) => Promise<void>,
): Promise<Tasks> {
  const made = await makeOddFolder(200);
  await page.goto(`${server.url}/?backend=wasm`);
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  const tasks = await longestTasks(page, browser, async () => {
    await give(page, made.files);
    await page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor();
    await page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor({ state: 'hidden' });
  });
  await rm(made.folder, { recursive: true });
  return tasks;
}
