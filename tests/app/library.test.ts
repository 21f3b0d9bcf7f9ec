import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { addSome, expectNothingLeft, openApp, type App } from '../helpers/app';
import { forgetPhotos } from '../helpers/forget-photos';
import { countRecords, givePicker, pathOf, writeBroken, writePhotos } from '../helpers/photo-folder';
import { indexThroughCrashes, makeFolder, rescan } from '../helpers/library-visits';

/** The same with 2,000 photos and ten kills: `npm run bench -- library-crash`. */
const PHOTOS = 200;
const KILLS = 3;

let profile = '';
let app: App | undefined;

beforeEach(async () => {
  profile = await mkdtemp(path.join(tmpdir(), 'clipscope-library-'));
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await rm(profile, { recursive: true });
});

test('a folder indexed through crashes loses nothing, does nothing twice, and is read again only where it changed', async () => {
  const url = inject('appUrl');
  await makeFolder(url, profile, PHOTOS);
  const { acknowledged, found, rows } = await indexThroughCrashes(url, profile, PHOTOS, KILLS);
  let least = 0;
  for (const [at, done] of acknowledged.entries()) {
    least += done;
    expect(found[at], `rows kept after kill ${at + 1} of ${acknowledged.join(', ')}`).toBeGreaterThanOrEqual(
      least,
    );
  }
  expect(rows).toBe(PHOTOS);

  const { rowsBefore, rowsAfter, said } = await rescan(url, profile, PHOTOS);
  expect(rowsAfter - rowsBefore).toBe(20);
  expect(said).toContain('20 photos added · 10 changed · 170 already here · 20 gone');
});

test('photos are there on the next visit, and in the tab of two where they are asked for', async () => {
  const open = () =>
    openApp({ webgpu: false, persistentDir: profile, query: '?backend=wasm&model=clipscope-s' });
  app = await open();
  await addSome(app.page, 12);
  await app.close();

  app = await open();
  const { page, context } = app;
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText('12 results for two cats').waitFor();
  const first = page.getByRole('list', { name: 'Results' }).getByRole('listitem').first();
  await expect.poll(() => first.getByRole('img').getAttribute('src')).toMatch(/^blob:/);
  await first.getByRole('button').click();
  await expect
    .poll(() =>
      page
        .getByRole('dialog')
        .getByRole('img')
        .evaluate((img: HTMLImageElement) => img.naturalWidth),
    )
    .toBeGreaterThan(300);
  await page.getByRole('button', { name: 'Close' }).first().click();

  const second = await context.newPage();
  // Without the query, whose results would be told of instead.
  await second.goto(page.url().split('#')[0]!);
  // They go from tab to tab, and nothing is lost.
  for (const [here, there] of [
    [second, page],
    [page, second],
  ] as const) {
    await here.getByRole('heading', { name: 'Your photos are open in another tab' }).waitFor();
    await here.getByRole('button', { name: 'Use them here instead' }).click();
    await here.getByRole('button', { name: '12 photos' }).waitFor();
    await there.getByRole('heading', { name: 'Your photos are open in another tab' }).waitFor();
  }
  await second.close();

  await page.getByRole('searchbox', { name: 'Search photos' }).fill('');
  await forgetPhotos(page);
  await page.reload();
  await page.getByRole('button', { name: 'Try the sample album' }).waitFor();
  expectNothingLeft(app);
});

test('two libraries keep their photos apart, and one of them can be deleted', async () => {
  app = await openApp({ webgpu: false, query: '?backend=wasm&model=clipscope-s' });
  const { page } = app;
  const photos = page.getByRole('button', { name: '12 photos' });
  const select = page.getByRole('combobox', { name: 'Library', exact: true });
  const open = page.getByRole('button', { name: 'Open', exact: true });
  const status = page.getByRole('status');
  const find = async () => {
    await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
    await status.getByText('12 results for two cats').waitFor();
    await page.getByRole('searchbox', { name: 'Search photos' }).fill('');
  };
  const name = async (text: string) => {
    await page.getByRole('button', { name: 'New library' }).click();
    await page.getByRole('textbox', { name: 'Name of the new library' }).fill(text);
    await page.getByRole('button', { name: 'Create' }).click();
  };

  await addSome(page, 12);
  await photos.click();
  await name('my photos');
  await page.getByRole('alert').getByText('Another library has this name.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await name('Work');

  // The new one is empty, and takes the same photos as its own.
  await page.getByText('Work is empty.').waitFor();
  await status.getByText('ready on WASM').waitFor();
  const work = await page.evaluate(() => localStorage.getItem('clipscope library'));
  await addSome(page, 12);
  expect(await countRecords(page, 128, work!)).toBe(12);

  await photos.click();
  await select.selectOption('My photos');
  await open.click();
  await status.getByText('My photos is open').waitFor();
  await find();
  await photos.click();
  expect(await select.locator('option:checked').innerText()).toBe('My photos');
  await select.selectOption('Work');
  await open.click();
  await status.getByText('Work is open').waitFor();
  await find();
  expect(await countRecords(page, 128, work!)).toBe(12);

  await forgetPhotos(page, photos);
  await find();
  await photos.click();
  expect(await select.locator('option').allInnerTexts()).toEqual(['My photos']);
  const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(databases).not.toContain(`clipscope library ${work}`);
  expect(await countRecords(page, 128)).toBe(12);
  expectNothingLeft(app);
});

test('500 broken files among 500 good ones are listed, and the others are found', async () => {
  const half = Array.from({ length: 500 }, (_, number) => number);
  app = await openApp({ webgpu: false, query: '?backend=wasm&model=clipscope-s' });
  const { page, context } = app;
  await givePicker(context);
  await page.reload();
  await writePhotos(page, half.map(pathOf), 0);
  await writeBroken(
    page,
    half.map((number) => `broken-${number}.png`),
  );
  await page.getByRole('button', { name: 'Add folder' }).first().click();
  await page.getByRole('status').getByText('500 photos ready to search').waitFor({ timeout: 240_000 });
  const skipped = page.getByRole('list', { name: 'Skipped photos' }).getByRole('listitem');
  expect(await skipped.count()).toBe(500);
  expect(new Set(await skipped.allInnerTexts()).size).toBe(500);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(app.problems).toEqual([]);

  // Unchanged, they are not tried again.
  await page.getByRole('button', { name: '500 photos' }).click();
  await page.getByRole('button', { name: 'Look again' }).click();
  await page.getByRole('status').getByText('1,000 already here').waitFor();
});
