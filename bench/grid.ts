/**
 * A library of 100,000 photos opened and its grid scrolled through from end to end and back, a screen a frame: how long
 * the page is busy in one go, and what it holds on to. `npm run bench -- grid [--photos N]`; only a run of all of them
 * writes the result.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { launchChromium } from '../tests/helpers/chromium';
import { serveDist } from '../tools/start.js';
import { picturesSeen, scrollThrough, settled, watchPage, type Watched } from './grid-watch';
import { makeLargeLibrary } from './large-library';
import { longestTasks } from './main-thread';
import { median, summary, writeResult } from './result';

const PHOTOS = 100_000;

/** Photos of each content. */
const COPIES = 200;

/** Visits for the time to the first pictures; in the last of them the grid is scrolled. */
const VISITS = 5;

/** Frames of scrolling that are traced, after those that count: a trace tells what the processor did, and costs time. */
const TRACED = 500;

const { values } = parseArgs({ args: process.argv.slice(3), options: { photos: { type: 'string' } } });
const photos = Number(values.photos ?? PHOTOS);
const contents = Math.ceil(photos / COPIES);

const server = await serveDist({ port: 0 });
const profile = await mkdtemp(path.join(tmpdir(), 'clipscope-grid-'));
await makeLargeLibrary(server.url, profile, { count: photos, contents });
const openings: Watched[] = [];
for (let visit = 1; visit < VISITS; visit++) openings.push(await withGrid(settled));
const { version, opened, ...scrolled } = await withGrid(scrollBothWays);
openings.push(opened);
const figures = {
  'photos in the library': photos,
  'different contents among them': contents,
  'from opening the page to all pictures of the first row seen (ms)': summary(
    openings.map((opening) => opening.firstPictures),
  ),
  'longest task of the page until it is at rest (ms; 0: none of 50 or more)': summary(
    openings.map(({ tasks }) => Math.max(0, ...tasks)),
  ),
  ...scrolled,
};
if (photos === PHOTOS) await writeResult('grid', version, figures);
else console.log(JSON.stringify(figures, null, 2));
await rm(profile, { recursive: true });
await server.close();

/** A visit in a browser of its own. */
async function withGrid<T>(use: (page: Page) => Promise<T>): Promise<T> {
  const app = await launchChromium(server.url, {
    webgpu: false,
    persistentDir: profile,
    context: { viewport: { width: 1280, height: 800 } },
  });
  try {
    const page = app.context.pages()[0] ?? (await app.context.newPage());
    page.setDefaultTimeout(300_000);
    await watchPage(page);
    await page.goto(`${server.url}/?backend=wasm`);
    await page.getByRole('status').getByText('ready on WASM').waitFor();
    return await use(page);
  } finally {
    await app.close();
  }
}

async function scrollBothWays(page: Page) {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The context has no browser');
  const session = await page.context().newCDPSession(page);
  const opened = await settled(page);
  const before = await held(session);
  const down = await scrollThrough(page, 1);
  const atEnd = await picturesSeen(page);
  const up = await scrollThrough(page, -1);
  const atTop = await picturesSeen(page);
  const after = await settled(page);
  const heap = [before, await held(session)];
  const traced = await longestTasks(page, browser, () => scrollThrough(page, 1, TRACED));
  const gaps = [...down.gaps, ...up.gaps];
  const tasks = after.tasks.slice(opened.tasks.length);
  return {
    version: browser.version(),
    opened,
    'frames, a screen scrolled in each': gaps.length,
    'longest task while scrolling (ms; 0: none of 50 or more)': Math.max(0, ...tasks),
    'and such tasks in all': tasks.length,
    [`over ${TRACED} frames traced: the most processor time of any task (ms)`]: traced.cpu,
    'and what the page itself did in one go (ms)': traced.own,
    'and the longest garbage collection, part of a task (ms)': traced.collection,
    'between two frames: median (ms)': median(gaps),
    'between two frames: longest (ms)': gaps.reduce((most, gap) => Math.max(most, gap)),
    'from the last frame to all pictures on the screen seen, at the end and at the top (ms)': [atEnd, atTop],
    'elements of the page, at most': Math.max(down.mostElements, up.mostElements),
    'tiles among them, at most': Math.max(down.mostTiles, up.mostTiles),
    'object URLs alive, at most': after.mostUrls,
    'JavaScript heap before and after scrolling, collected (bytes)': heap,
  };
}

/** Bytes of JavaScript that are in use after a collection. */
async function held(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}
