import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { albumFixture, albumRanking } from '../helpers/album';
import { expectNothingLeft, openApp, type App } from '../helpers/app';
import { dropOnPage } from '../helpers/drop';

const ALBUM = JSON.parse(readFileSync('static/album/captions.json', 'utf8')) as {
  file: string;
  caption: string;
  width: number;
  height: number;
}[];
/** The pictures of one red apple, and which of them is higher than wide. */
const [FIRST, SECOND] = ALBUM.filter(({ caption }) => caption.startsWith('a red apple on'));
const APPLES = [FIRST!.file, SECOND!.file] as const;
const PORTRAIT = FIRST!.height > FIRST!.width ? 0 : 1;

let app: App;
let page: Page;
let folder: string;

// The album and copies of two of its pictures are indexed once; each test then begins with the page opened anew.
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clipscope-search-'));
  app = await openApp({ webgpu: false, query: '?backend=wasm' });
  ({ page } = app);
  await page.getByRole('button', { name: 'Try the sample album' }).click();
  await page.getByRole('status').getByText('160 photos ready to search').waitFor();
  await page.getByLabel('Add photos').setInputFiles(await copies());
  await page.getByRole('status').getByText('162 photos ready to search').waitFor();
});
async function openAnew(): Promise<void> {
  await page.goto(`${inject('appUrl')}/?backend=wasm`);
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await page.getByRole('button', { name: '162 photos' }).waitFor();
}
beforeEach(openAnew);
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const status = () => page.getByRole('status');
const ask = (text: string) => page.getByRole('searchbox', { name: 'Search photos' }).fill(text);

/** Presses a button of the panel behind the tools. */
async function more(name: string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('dialog', { name: 'More' }).getByRole('button', { name }).click();
}

/** File names in the order of the page, as far as they are drawn. */
const names = (list: 'Results' | 'Photos') =>
  page
    .getByRole('list', { name: list })
    .getByRole('img')
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).alt));

/** Copies of two of the album's pictures, under other names. */
async function copies(): Promise<string[]> {
  const files = APPLES.map((_, at) => path.join(folder, `copy-${at}.webp`));
  for (const [at, file] of files.entries()) await copyFile(`static/album/${APPLES[at]}`, file);
  return files;
}

describe('search', () => {
  test('leaves out what the model’s usual cut does, until all is asked for', async () => {
    const threshold = page.getByRole('group', { name: 'Threshold' });
    await ask('a red apple');
    await threshold.getByText(/^\d+ of 162$/).waitFor();
    await expect.poll(() => threshold.getByText('24 of 162').isVisible()).toBe(true);
    const expected = albumRanking(albumFixture(), 'a red apple on a blue background').map(({ file }) => file);
    await ask('a red apple on a blue background');
    await expect.poll(async () => (await names('Results'))[0]).toBe(expected[0]);
    await expect.poll(async () => (await names('Results')).length).toBe(24);
    await threshold.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => (await names('Results')).length).toBe(162);
    await threshold.getByRole('button', { name: 'Usual' }).click();
    await expect.poll(async () => (await names('Results')).length).toBe(24);
    await more('Select all 24');
    await status().getByText('24 photos selected').waitFor();
    expectNothingLeft(app);
    expect(app.problems).toEqual([]);
  });

  test('finds by a dropped picture, alone and with words', async () => {
    const box = (await page.getByRole('search').boundingBox())!;
    // A picture by its bytes alone.
    const unnamed = path.join(folder, 'an apple');
    await copyFile(path.resolve('static/album', APPLES[0]), unnamed);
    await dropOnPage(page, [unnamed], {
      at: { x: box.x + box.width / 2, y: box.y + box.height / 2 },
    });
    await status().getByText('results like an apple').waitFor();
    await expect.poll(async () => (await names('Results'))[0]).toBe(APPLES[0]);
    expect(await page.getByRole('button', { name: '162 photos' }).isVisible()).toBe(true);
    await ask('-2 "a red apple on a blue background"');
    await status()
      .getByText(/results for .*, like an apple/)
      .waitFor();
    await expect.poll(async () => (await names('Results'))[0]).not.toBe(APPLES[0]);
    await page.getByRole('button', { name: 'No longer like an apple' }).click();
    await status().getByText('results for -2').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('list', { name: 'Photos' }).waitFor();
    expectNothingLeft(app);
    expect(app.problems).toEqual([]);
  });

  test('is narrowed by folder and shape, and put in order by date', async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    const filters = page.getByRole('form', { name: 'Filters' });
    await filters.getByLabel('Folder').selectOption('Without a folder');
    await expect.poll(() => names('Photos')).toEqual(['copy-0.webp', 'copy-1.webp']);
    await ask('three balloons');
    await expect.poll(async () => (await names('Results')).sort()).toEqual(['copy-0.webp', 'copy-1.webp']);
    await filters.getByLabel('Shape').selectOption('Portrait');
    await expect.poll(() => names('Results')).toEqual([`copy-${PORTRAIT}.webp`]);
    await filters.getByLabel('From').fill('2999-01-01');
    await page.getByText('No photo that is indexed passes the filter.').waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).waitFor();
    await filters.getByRole('button', { name: 'Clear filters' }).click();
    await status().getByText('of 162 results for three balloons').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Newest first');
    await expect
      .poll(async () => (await names('Photos')).slice(0, 2).sort())
      .toEqual(['copy-0.webp', 'copy-1.webp']);
  });

  test.each([
    [1280, 800, 110],
    [390, 844, 120],
  ])(
    'leaves the page to the pictures at %i × %i, before and after a question',
    async (width, height, most) => {
      const before = page.viewportSize()!;
      await page.setViewportSize({ width, height });
      try {
        // Opened at this size: a page that is being resized shows the controls of both for a frame.
        await openAnew();
        const head = () => page.getByRole('banner').evaluate((header) => header.clientHeight);
        const top = async () =>
          (await page.getByRole('list', { name: /^(Photos|Results)$/ }).boundingBox())!.y;
        const places = [await top()];
        expect(await head()).toBeLessThanOrEqual(most);
        await ask('two cats');
        await status().getByText('results for two cats').waitFor();
        places.push(await top());
        expect(await head()).toBeLessThanOrEqual(most);
        await page.getByRole('button', { name: 'More', exact: true }).click();
        await page.getByLabel('Shape').selectOption('Portrait');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Clear filters' }).waitFor();
        places.push(await top());
        expect(new Set(places).size, `pictures begin at ${places.join(', ')}`).toBe(1);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      } finally {
        await page.setViewportSize(before);
      }
    },
  );

  test('says where results become unlikely, and when nothing looks like it', async () => {
    await ask('two cats');
    await page.getByText('Less likely from here').waitFor();
    await ask('qwertz');
    await page.getByText('Nothing here looks like “qwertz” to this model. The closest are:').waitFor();
    await status().getByText('results for qwertz. Nothing here looks like it').waitFor();
    // The closest are shown all the same.
    expect((await names('Results')).length).toBeGreaterThanOrEqual(24);
    const bars = page.getByRole('list', { name: 'Results' }).locator('.bar');
    const lengths = await bars.evaluateAll((all) =>
      all.map((bar) => Number.parseFloat((bar as HTMLElement).style.width)),
    );
    expect(Math.max(...lengths)).toBeLessThan(5);
    await ask('');
    await page.getByText('The closest are:').waitFor({ state: 'detached' });
    expect(app.problems).toEqual([]);
  });

  test('groups what is there twice, and takes the others off the page until undone', async () => {
    await more('Duplicates');
    const groups = page.getByRole('list', { name: 'Groups of duplicates' }).getByRole('listitem');
    await expect.poll(() => groups.count()).toBe(2);
    await page.getByRole('button', { name: 'Select the other 2 photos' }).click();
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No two of your photos that are indexed show the same.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => groups.count()).toBe(2);
    expect(app.problems).toEqual([]);
  });
});
