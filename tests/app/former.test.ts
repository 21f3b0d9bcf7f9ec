import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSome, openApp, type App } from '../helpers/app';

const PHOTOS = 12;

let app: App;
let page: Page;
beforeAll(async () => {
  app = await openApp({ webgpu: false, query: '?backend=wasm&model=clipscope-m' });
  ({ page } = app);
  await page.getByRole('status').getByText('clipscope-m ready on WASM').waitFor();
  await addSome(page, PHOTOS);
});
afterAll(() => app.close());

/** What was on the page at any time since `watch`. */
interface Seen {
  /** The fewest elements of the kind watched. */
  least: number;
  /** Where the first of them began, in pixels from the window's top. */
  tops: number[];
  /** Notes over them. */
  notes: string[];
}

/** Watches the elements that match, with every change of the page. */
function watch(selector: string): Promise<void> {
  return page.evaluate((which) => {
    const seen: Seen = { least: Infinity, tops: [], notes: [] };
    const look = () => {
      const all = document.querySelectorAll(which);
      seen.least = Math.min(seen.least, all.length);
      const top = all[0]?.parentElement?.getBoundingClientRect().top ?? NaN;
      if (!seen.tops.includes(top)) seen.tops.push(top);
      const note = document.querySelector('main .former p')?.textContent.trim();
      if (note && !seen.notes.includes(note)) seen.notes.push(note);
    };
    look();
    const everything = { childList: true, subtree: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(document.body, everything);
    Object.assign(window, { seen });
  }, selector);
}
const seen = () => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

async function choose(model: string): Promise<void> {
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('dialog', { name: 'Models' }).getByRole('radio', { name: model }).click();
  await page.getByRole('status').getByText(`${model} ready on WASM`).waitFor();
}

test('results stay, marked as the former model’s, until another one has looked at the photos', async () => {
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText(`${PHOTOS} results for two cats`).waitFor();
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect.poll(() => results.count()).toBe(PHOTOS);
  const cosines = (await results.allInnerTexts()).sort();
  await watch('[aria-label=Results] > li');
  await choose('clipscope-s');
  await expect.poll(async () => (await results.allInnerTexts()).sort()).not.toEqual(cosines);
  const { least, tops, notes } = await seen();
  expect(least).toBe(PHOTOS);
  expect(tops).toHaveLength(1);
  expect(notes[0]).toMatch(/^Results of clipscope-m, until clipscope-s has looked at the photos/);
  await page.locator('main .former').first().waitFor({ state: 'detached' });
  expect(await page.getByRole('searchbox', { name: 'Search photos' }).inputValue()).toBe('two cats');
});

test('labels do so too', async () => {
  await page.getByRole('tab', { name: 'Label' }).click();
  const lists = page.getByRole('list', { name: /^Labels for / });
  await expect.poll(() => lists.count()).toBe(PHOTOS);
  const before = await lists.first().innerText();
  await watch('ul[aria-label^="Labels for"]');
  await choose('clipscope-l');
  await expect.poll(() => lists.first().innerText()).not.toBe(before);
  const { least, notes } = await seen();
  expect(least).toBe(PHOTOS);
  expect(notes[0]).toMatch(/^Labels of clipscope-s, until clipscope-l has looked at the photos/);
  await page.locator('main .former').first().waitFor({ state: 'detached' });
  expect(app.problems).toEqual([]);
});
