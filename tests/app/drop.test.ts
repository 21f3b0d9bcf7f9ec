import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openApp, SMALL, type App } from '../helpers/app';
import { dropOnPage } from '../helpers/drop';

const PICTURE = ['static/album/album-003.webp'];

let app: App;
let page: Page;

beforeEach(async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  ({ page } = app);
  await page.getByRole('status').getByText('ready on WASM').waitFor();
});
afterEach(() => app.close());

const veil = () => page.getByText('Drop photos or folders');

/** Puts something over the whole page, as when a part of it is drawn anew. */
const cover = () =>
  page.evaluate(() => {
    const cover = document.createElement('div');
    cover.id = 'cover';
    cover.style.cssText = 'position: fixed; inset: 0; z-index: 1000';
    document.body.append(cover);
  });

const uncover = () => page.evaluate(() => document.getElementById('cover')?.remove());

test('a drop is taken where the page has changed below the pointer', async () => {
  await dropOnPage(page, PICTURE, { meanwhile: cover });
  await page.getByRole('status').getByText('1 photo ready to search').waitFor();
  expect(await veil().count()).toBe(0);
});

test('the veil is there while files are over the page, and goes when they leave it', async () => {
  const seen: number[] = [];
  const meanwhile = async () => {
    seen.push(await veil().count());
    // The driver's own way of taking a drag away tells the page nothing.
    await page.evaluate(() => {
      const below = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
      below?.dispatchEvent(new DragEvent('dragleave', { bubbles: true }));
    });
    await expect.poll(() => veil().count()).toBe(0);
  };
  await dropOnPage(page, PICTURE, { meanwhile, away: true });
  expect(seen).toEqual([1]);
});

test('the veil goes with the next move of the pointer where a drag has ended untold', async () => {
  await cover();
  const seen: number[] = [];
  const meanwhile = async () => {
    seen.push(await veil().count());
    await uncover();
  };
  await dropOnPage(page, PICTURE, { meanwhile, away: true });
  await page.mouse.move(200, 200);
  await expect.poll(() => veil().count()).toBe(0);
  expect(seen).toEqual([1]);
});
