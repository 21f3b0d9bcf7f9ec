import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import type { LimitedWork } from '../../src/core/time-limit';
import { addSome, openApp, SMALL, type App } from '../helpers/app';
import { dropOnPage, makeOddFolder } from '../helpers/drop';

let app: App | undefined;
let folder: string | undefined;
afterEach(async () => {
  await app?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
  [app, folder] = [undefined, undefined];
});

/** Ends the worker as a crash would: the page gets no event. */
async function killWorker(page: Page, kind: string): Promise<void> {
  const worker = page.workers().find((one) => one.url().includes(`${kind}.worker`));
  if (worker === undefined) throw new Error(`There is no ${kind} worker`);
  await worker.evaluate(() => {
    self.close();
  });
}

/** Makes the clip worker announce this work with a limit of a second, and never end it. */
async function standStill(page: Page, work: LimitedWork): Promise<void> {
  const worker = page.workers().findLast((one) => one.url().includes('clip.worker'))!;
  await worker.evaluate((given) => {
    self.postMessage({ secondsAllowed: 1, work: given });
    setTimeout(() => {
      for (;;);
    });
  }, work);
}

test('killing the clip worker in mid-run is told and mended by itself, and costs nothing that was embedded', async () => {
  const made = await makeOddFolder(160);
  folder = made.folder;
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await dropOnPage(page, made.files);
  const progress = page.getByRole('progressbar', { name: 'Indexing photos' });
  await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(10);
  const before = Number(await progress.getAttribute('aria-valuenow'));
  await killWorker(page, 'clip');

  await page.getByRole('alert').getByText('It is started again by itself').waitFor();
  // The bar begins anew with what is left to do: what was done is not among it.
  await expect
    .poll(async () => Number(await progress.getAttribute('aria-valuemax')))
    .toBeLessThanOrEqual(160 - before);
  await progress.waitFor({ state: 'hidden' });
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('a guitar');
  await page.getByRole('status').getByText('156 results for a guitar').waitFor();
});

test('a clip worker that stands still is ended, and the next query is answered', async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  await addSome(page, 12);
  const box = page.getByRole('searchbox', { name: 'Search photos' });
  await box.fill('two cats');
  await page.getByRole('status').getByText('12 results for two cats').waitFor();
  await standStill(page, { by: 'thread' });
  await page.getByRole('alert').getByText('The browser did not start a thread in time').waitFor();
  await page.getByRole('alert').getByText('It is started again by itself').waitFor();
  await box.fill('a guitar');
  await page.getByRole('status').getByText('12 results for a guitar').waitFor();

  // A tokenizer that never answers: the page goes on with another model, and this one is marked.
  await standStill(page, { by: 'tokenizer', model: 'clipscope-s' });
  await page.getByRole('alert').getByText('The tokenizer of this model did not answer in time').waitFor();
  await page.getByRole('status').getByText('clipscope-l ready on WASM').waitFor();
  await box.fill('a red house');
  await page.getByRole('status').getByText('12 results for a red house').waitFor();
  await page.goto(page.url().replace('clipscope-l', 'clipscope-s'));
  await page.getByRole('alert').getByText('clipscope-s held up this page before').waitFor();
});
