import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../datasets/files';
import { albumDatasets } from '../helpers/album-datasets';
import type { App } from '../helpers/app';
import { violations } from '../helpers/axe';
import { dropOnPage } from '../helpers/drop';
import { chooseHub, openHubSite, type HubSite } from '../helpers/hub-app';
import { WHOLE } from '../helpers/whole';

let scratch = '';
let site: HubSite;
let app: App;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'clipscope-benchmarks-'));
  for (const [name, files] of Object.entries(await albumDatasets())) {
    for (const [file, content] of files) {
      const place = path.join(scratch, `wds_${name}`, file);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, content);
    }
  }
  site = await openHubSite();
  await site.hub.add('datasets/someone/wds_album-backgrounds', path.join(scratch, 'wds_album-backgrounds'));
  app = await site.open();
});
afterAll(async () => {
  await app.close();
  await site.close();
  await rm(scratch, { recursive: true });
});

/** The larger models take half a minute each. */
const MODELS = WHOLE ? ['clipscope-s', 'clipscope-m', 'clipscope-l'] : ['clipscope-s'];

async function openBenchmarks(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Benchmarks' }).click();
  await page.getByRole('heading', { name: 'How good is a model, where the answers are known?' }).waitFor();
}

async function openFromHub(page: Page): Promise<void> {
  await page.getByLabel('Data set on the hub').fill('someone/wds_album-backgrounds');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('heading', { name: 'wds/album-backgrounds' }).waitFor();
}

/** Measures the models and fails unless the table says what OpenCLIP reached. */
async function expectGolden(
  page: Page,
  name: 'album-captions' | 'album-backgrounds' | 'album-things',
): Promise<void> {
  for (const model of MODELS) await page.getByLabel(model, { exact: true }).check();
  await page.getByRole('button', { name: /^Measure / }).click();
  const table = page.getByRole('region', { name: `Results on wds/${name}` });
  for (const model of MODELS) {
    const row = table.getByRole('row', { name: `${model} measured here` });
    await row.waitFor();
    const byValue = (a: number, b: number) => a - b;
    const expected = Object.values(golden.metrics[model]![name]!).sort(byValue);
    const shown = (await row.getByRole('cell').allTextContents()).map((text) => Number(text.trim()));
    expect(shown).toHaveLength(expected.length);
    // In percent: a ten thousandth.
    for (const [at, value] of shown.sort(byValue).entries()) {
      expect(Math.abs(value - 100 * expected[at]!)).toBeLessThan(0.01);
    }
  }
}

test('a data set on the hub is measured by ranges, paused, and goes on after a reload, to OpenCLIP’s figures', async () => {
  const { page } = app;
  await chooseHub(page, site.hub.url);
  await page.keyboard.press('Escape');
  await openBenchmarks(page);
  await openFromHub(page);
  const facts =
    /The part “test”: one class a picture · 16 classes · 2 templates · \d[\d.]* [kM]B on the hub\./;
  await page.getByText(facts).waitFor();

  // The second shard waits, so that there is a middle to be stopped in.
  const held = site.hub.fault(/\/1\.tar$/, { kind: 'hold', after: 1000 });
  await page.getByRole('button', { name: /^Measure / }).click();
  await expect.poll(() => held.hits).toBeGreaterThan(0);
  await page.getByText(/· [1-9]\d* pictures/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/paused at [1-9]\d* pictures/).waitFor();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  held.release();
  await page.reload();
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await page.getByText(/of embeddings of data sets are kept/).waitFor();
  await openFromHub(page);
  site.hub.forgetRequests();
  await expectGolden(page, 'album-backgrounds');
  const ranges = site.hub.requests.flatMap(({ path: asked, range }) =>
    asked.endsWith('/0.tar') ? [range] : [],
  );
  expect(ranges.length).toBeGreaterThan(0);
  if (!WHOLE)
    expect(ranges.every((range) => range !== undefined && !range.startsWith('bytes=0-'))).toBe(true);

  // A second time nothing is read or embedded.
  site.hub.forgetRequests();
  await page.getByRole('button', { name: /^Measure / }).click();
  await page.getByRole('status').getByText('160 pictures').waitFor();
  expect(site.hub.requests.filter(({ path: asked }) => asked.endsWith('.tar'))).toEqual([]);
  site.expectOnlyHub(app);
});

test('a folder is dropped and measured, and what is wrong with another is said', async () => {
  const { page } = app;
  for (const name of ['album-captions', 'album-things'] as const) {
    await page.getByRole('button', { name: 'Another data set' }).click();
    const box = await page.getByRole('group', { name: 'A data set on this device' }).boundingBox();
    const at = { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 };
    await dropOnPage(page, [path.join(scratch, `wds_${name}`)], { at });
    await page.getByRole('heading', { name: `wds/${name}` }).waitFor();
    expect(await page.getByText('Drop photos or folders').count()).toBe(0);
    await expectGolden(page, name);
  }
  await page.getByRole('button', { name: 'Another data set' }).click();
  await rm(path.join(scratch, 'wds_album-things/test/1.tar'));
  const box = await page.getByRole('group', { name: 'A data set on this device' }).boundingBox();
  await dropOnPage(page, [path.join(scratch, 'wds_album-things')], {
    at: { x: box!.x + 20, y: box!.y + 20 },
  });
  await page.getByRole('alert').getByText('test/1.tar is missing: 1 of 2 shards are not there.').waitFor();
  await page.getByRole('button', { name: 'Published figures on Flickr30k' }).click();
  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    expect(await violations(page), `${width} px`).toEqual([]);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways, `${width} px, pixels beyond the edge`).toBeLessThanOrEqual(0);
  }
  // It took no photos.
  await page.getByRole('tab', { name: 'Search' }).click();
  await page.getByRole('button', { name: 'Try the sample album' }).waitFor();
  expect(app.problems).toEqual([]);
});
