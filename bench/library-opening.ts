import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../tests/helpers/chromium';
import type { LibraryBench } from './library-opening-page/library.worker';
import { watchMemory, type RendererMemory } from './renderer-memory';
import { summary } from './result';
import { openWorkerPage, serveWorkerPage, type Ask } from './worker-page';

/** Numbers a row, as in `index-search`. */
export const DIM = 512;

/** Visits, each in a browser of its own over the same files, which the system may have in memory. */
const VISITS = 3;

interface Opening {
  /** Milliseconds. */
  readonly restored: number;
  readonly opened: number;
  /** Bytes by which the renderer grew. */
  readonly grown: number;
}

/** What it takes to open a library of `count` photos and as many embeddings, from the browser's private storage. */
export async function measureOpening(count: number): Promise<Record<string, unknown>> {
  const profile = await mkdtemp(path.join(tmpdir(), 'clipscope-opening-'));
  const server = await serveWorkerPage('library-opening-page');
  try {
    await visit(server.url, profile, (ask) => ask('make', count, DIM));
    const first = await visit(server.url, profile, async (ask, memory) => {
      const opening = await open(ask, memory, count);
      await ask('tidy');
      return opening;
    });
    const openings: Opening[] = [];
    for (let number = 0; number < VISITS; number++) {
      openings.push(await visit(server.url, profile, (ask, memory) => open(ask, memory, count)));
    }
    const bytes = await visit(server.url, profile, async (ask, memory, page) => {
      await open(ask, memory, count);
      return page.evaluate<number>('performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)');
    });
    const all = (key: keyof Opening) => summary(openings.map((opening) => opening[key]));
    return {
      'read the photos’ records before they are packed, once (ms)': first.restored,
      'read the photos’ records, without thumbnails (ms)': all('restored'),
      'read the index into memory (ms)': all('opened'),
      'both (ms)': summary(openings.map(({ restored, opened }) => restored + opened)),
      'all that the renderer grew by (bytes)': all('grown'),
      'memory by the browser’s own account (bytes)': bytes,
    };
  } finally {
    await server.close();
    await rm(profile, { recursive: true });
  }
}

/** @throws Error when not all of it is there */
async function open(ask: Ask<LibraryBench>, memory: RendererMemory, count: number): Promise<Opening> {
  const before = await memory.now();
  const restored = await ask('restore');
  const { milliseconds: opened, rows } = await ask('open', DIM);
  if (rows !== count) throw new Error(`The index has ${rows} rows instead of ${count}`);
  return { restored, opened, grown: (await memory.now()) - before };
}

/** A browser of its own. */
async function visit<T>(
  url: string,
  profile: string,
  use: (ask: Ask<LibraryBench>, memory: RendererMemory, page: Page) => Promise<T>,
): Promise<T> {
  const options = { webgpu: false, persistentDir: profile };
  const { context, close } = await launchChromium(new URL(url).origin, options);
  try {
    const [browser, page] = [context.browser(), await context.newPage()];
    if (browser === null) throw new Error('The context has no browser');
    const memory = await watchMemory(browser);
    const ask = await openWorkerPage<LibraryBench>(page, url);
    try {
      return await use(ask, memory, page);
    } finally {
      await memory.stop();
    }
  } finally {
    await close();
  }
}
