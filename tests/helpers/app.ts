import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { BUILT_IN_MODELS } from '../../src/clip/built-in';
import { launchChromium, startBrowser, type Chromium, type ChromiumOptions } from './chromium';

export interface AppOptions extends ChromiumOptions {
  /** Where the page is served, without a trailing slash; by default the suite's own server. */
  readonly url?: string;
  /** What follows the page's address, such as "?backend=wasm&tab=label". */
  readonly query?: string;
  /** Whether a service worker may keep the page for later, 40 MB of it; only tests of that let it. */
  readonly keeps?: boolean;
}

export interface App extends Chromium {
  readonly page: Page;
  /** Uncaught errors and refused loads (the Content-Security-Policy's among them), in order. */
  readonly problems: readonly string[];
}

/** The smallest built-in model. */
export const SMALLEST = BUILT_IN_MODELS.at(-1)!.id;

/** Opens the page with it, on wasm: for what is the same with every model. */
export const SMALL = `?backend=wasm&model=${SMALLEST}`;

/** The model the page opens with. */
export const OPENS_WITH = BUILT_IN_MODELS[0].name;

/**
 * Why shared by all files that one worker runs: a browser takes two seconds of a core to start, and contexts share
 * nothing. It ends with the worker.
 */
let shared: Promise<Browser> | undefined;

/** The worker's browser; another one where a test has broken it. */
async function sharedBrowser(): Promise<Browser> {
  const browser = await (shared ??= startBrowser());
  if (browser.isConnected()) return browser;
  return (shared = startBrowser());
}

/** Opens the built page in a context of its own; with a GPU, a profile or flags, in a browser of its own. */
export async function openApp({
  url = inject('appUrl'),
  query = '',
  keeps = false,
  ...options
}: AppOptions): Promise<App> {
  // Moving pictures are drawn without a GPU here; `tests/browser` looks at how they move.
  const context = {
    serviceWorkers: keeps ? 'allow' : 'block',
    reducedMotion: 'reduce',
    ...options.context,
  } as const;
  const isAlone = options.webgpu || options.persistentDir !== undefined || options.flags !== undefined;
  const running = isAlone ? {} : { browser: await sharedBrowser() };
  const browser = await launchChromium(new URL(url).origin, { ...options, ...running, context });
  const problems: string[] = [];
  browser.context.on('weberror', (error) => problems.push(String(error.error())));
  browser.context.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  try {
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    page.setDefaultTimeout(120_000);
    await page.goto(`${url}/${query}`);
    return { ...browser, page, problems };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/**
 * Adds the first pictures of the album one by one, for tests that need some photos; resolves once all are indexed, as
 * the page then says.
 */
export async function addSome(
  page: Page,
  count: number,
  told = `${count} photos ready to search`,
): Promise<void> {
  const album = (await readdir('static/album')).filter((name) => name.endsWith('.webp')).sort();
  const files = album.slice(0, count).map((name) => path.resolve('static/album', name));
  await page.getByLabel('Add photos').setInputFiles(files);
  await page.getByRole('status').getByText(told).waitFor();
}

/** Fails when the page, a worker of it or the browser on its behalf has asked anything of anyone else. */
export function expectNothingLeft({ egress }: Pick<App, 'egress'>): void {
  expect(egress.requests, 'requests that left the page’s own origin').toEqual([]);
}
