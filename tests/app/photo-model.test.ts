import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findEntry } from '../../src/clip/catalogue';
import { addSome, type App } from '../helpers/app';
import { chooseHub, downloadLine, openHubSite, type HubSite } from '../helpers/hub-app';

/** What the page offers where nothing is known of the device; a small model stands in its place on the hub. */
const OFFERED = findEntry('ViT-B-32:laion2b_s34b_b79k')!.repository;
const NAME = 'ViT-B-32 laion2b_s34b_b79k';

const WEIGHTS = /^\/repos\/.*\.safetensors$/;

let site: HubSite;
let app: App;
beforeEach(async () => {
  site = await openHubSite();
  await site.hub.add(OFFERED, 'static/models/clipscope-s');
  app = await site.open();
});
afterEach(async () => {
  await app.close();
  await site.close();
});

const banner = () => app.page.getByRole('region', { name: 'Models for photos' });

describe('photos under a model that knows drawings', () => {
  test('are searched with one that knows photos after a single click', async () => {
    const { page } = app;
    await chooseHub(page, site.hub.url);
    await page.keyboard.press('Escape');
    await addSome(page, 2);
    await banner().getByText('The model in use knows drawings, not photos.').waitFor();
    await page.getByRole('tab', { name: 'Label' }).click();
    await banner().waitFor();
    await page.getByRole('searchbox', { name: 'Search photos' }).fill('a bicycle');
    await page.getByRole('status').getByText('2 results for a bicycle').waitFor();

    const held = site.hub.fault(WEIGHTS, { kind: 'hold', after: 1_000_000 });
    await banner()
      .getByRole('button', { name: /^Get ViT-B\/32\s+605 MB to download, about 8 minutes at 10 Mbit\/s$/ })
      .press('Enter');
    await banner().getByText('A model that knows photos is on its way.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('page');
    await expect.poll(() => held.hits).toBeGreaterThan(0);
    await downloadLine(page, NAME).getByRole('progressbar').waitFor();
    // On a phone no sheet lies over what was begun in it.
    const viewport = page.viewportSize()!;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: /^Model: / }).click();
    await page.getByRole('dialog', { name: 'Models' }).waitFor();
    await downloadLine(page, NAME).getByRole('button', { name: 'Pause' }).click({ trial: true });
    await page.keyboard.press('Escape');
    await page.setViewportSize(viewport);
    await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
    await page.getByRole('status').getByText('2 results for two cats').waitFor();
    held.release();

    await page.getByRole('status').getByText(`${NAME} ready on WASM`).waitFor();
    await banner().waitFor({ state: 'detached' });
    await expect
      .poll(() => page.getByRole('list', { name: 'Results' }).getByRole('listitem').count())
      .toBe(2);
    await page.getByRole('status').getByText('2 results for two cats').waitFor();
    site.expectOnlyHub(app);
    expect(app.problems).toEqual([]);
  });

  test('are not offered one for the album alone, without a network told what works without, and asked once a visit', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Try the sample album' }).click();
    await page.getByRole('status').getByText('160 photos ready to search').waitFor();
    expect(await banner().count()).toBe(0);
    await page.getByLabel('Add photos').setInputFiles([path.resolve('static/album/album-001.webp')]);
    await banner().getByRole('button', { name: /^Get / }).waitFor();
    await app.context.setOffline(true);
    await banner().getByText('This device is offline').waitFor();
    await banner().getByRole('button', { name: 'Open a checkpoint folder' }).waitFor();
    // Said once, with one way to more.
    expect(await page.getByText('drawings, not photos').count()).toBe(1);
    await page.getByRole('link', { name: 'Models that know photos' }).click();
    await page.getByRole('dialog', { name: 'Models that know photos' }).waitFor();
    await page.keyboard.press('Escape');
    await app.context.setOffline(false);
    await banner().getByRole('button', { name: /^Get / }).waitFor();
    await banner().getByRole('button', { name: 'Not now' }).click();
    await banner().waitFor({ state: 'detached' });
    await page.getByText('drawings, not photos').waitFor();
    await page.getByRole('tab', { name: 'Label' }).click();
    await page.getByRole('list', { name: 'Labels for album-001.webp' }).first().waitFor();
    expect(await banner().count()).toBe(0);
  });
});
