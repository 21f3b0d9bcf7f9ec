import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ALWAYS_SHOWN } from '../helpers/album';
import { addSome, type App } from '../helpers/app';
import { chooseHub, fetchModel, openHubSite, openModels, type HubSite } from '../helpers/hub-app';

const PHOTOS = 40;

let site: HubSite;
let app: App;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clipscope-switching-'));
  site = await openHubSite();
  await site.hub.add('clipscope/own-model', 'static/models/clipscope-s');
  app = await site.open({ persistentDir: folder });
});
afterEach(async () => {
  await app.close();
  await site.close();
  await rm(folder, { recursive: true });
});

/** The results' cosines. Another text is searched first: what is said of an earlier search must not be taken for this one. */
async function cosines(page: Page, text: string): Promise<string[]> {
  for (const asked of ['a house', text]) {
    await page.getByRole('searchbox', { name: 'Search photos' }).fill(asked);
    await page.getByRole('status').getByText(`${PHOTOS} results for ${asked}`).waitFor();
  }
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  return (await results.allInnerTexts()).slice(0, ALWAYS_SHOWN);
}

/** Whether photos are indexed from now on: remembered in the page, as it may take no time. */
function watchIndexing(page: Page): Promise<void> {
  return page.evaluate(() => {
    const found = () => document.querySelector('[role=progressbar][aria-label="Indexing photos"]') !== null;
    Object.assign(window, { wasIndexing: found() });
    new MutationObserver(() => {
      if (found()) Object.assign(window, { wasIndexing: true });
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  });
}

function wasIndexing(page: Page): Promise<boolean> {
  return page.evaluate(() => (window as unknown as { wasIndexing: boolean }).wasIndexing);
}

test('every model and picture size keeps its own embeddings, and going back to one indexes nothing', async () => {
  const { page } = app;
  await addSome(page, PHOTOS);
  const builtIn = await cosines(page, 'two cats');
  await chooseHub(page, site.hub.url);
  await fetchModel(page, 'clipscope/own-model', 'q4');
  await page.getByRole('status').getByText('own-model ready on WASM').waitFor();
  const quantised = await cosines(page, 'two cats');
  expect(quantised).not.toEqual(builtIn);

  if (!(await page.getByRole('dialog', { name: 'Models' }).isVisible())) await openModels(page);
  const models = page.getByRole('dialog', { name: 'Models' });
  await models.getByLabel('Picture size').selectOption('128');
  await expect
    .poll(() => new URL(page.url()).searchParams.get('model'))
    .toMatch(/^own-model-[0-9a-f]{8}@128x128$/);
  const larger = await cosines(page, 'two cats');
  expect(larger).not.toEqual(quantised);

  await page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor({ state: 'hidden' });
  await watchIndexing(page);
  if (!(await models.isVisible())) await openModels(page);
  // The arrow keys pass the models between, and open none of them.
  await models.getByRole('radio', { name: 'own-model' }).focus();
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown'])
    await page.keyboard.press(key);
  expect(await models.getByRole('radio', { name: 'own-model' }).isChecked()).toBe(true);
  await page.keyboard.press('Space');
  await page.getByRole('status').getByText('clipscope-s ready on WASM').waitFor();
  expect(await cosines(page, 'two cats')).toEqual(builtIn);
  await openModels(page);
  await models.getByRole('radio', { name: 'own-model' }).click();
  await page.getByRole('status').getByText('own-model ready on WASM').waitFor();
  expect(await cosines(page, 'two cats')).toEqual(quantised);
  expect(await wasIndexing(page)).toBe(false);
});
