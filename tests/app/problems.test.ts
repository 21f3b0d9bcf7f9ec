import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';

let app: App | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

const alert = (page: Page) => page.getByRole('alert').getByText('There is no model “gone” on this device.');

/** Whether nothing lies over what has gone wrong, nor beyond the edges of the window. */
const isOnTop = (page: Page) =>
  alert(page).evaluate((words) => {
    const { left, top, width, height } = words.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return seen !== null && (words.contains(seen) || seen.contains(words));
  });

test.each([
  [1280, 800],
  [390, 844],
  [640, 400],
])('what has gone wrong is seen at %i × %i over sheets, photos and scrolled pages', async (width, height) => {
  const context = { viewport: { width, height } };
  app = await openApp({ webgpu: false, query: '?backend=wasm&model=gone', context });
  const { page } = app;
  await alert(page).waitFor();
  await addSome(page, 12);
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('dialog', { name: 'Models' }).waitFor();
  await expect.poll(() => isOnTop(page)).toBe(true);
  // Nor does it cover the way out of the sheet.
  await page.getByRole('dialog', { name: 'Models' }).getByRole('button', { name: 'Close' }).click();

  await page.evaluate(() => scrollTo({ top: 10_000, behavior: 'instant' }));
  await expect.poll(() => isOnTop(page)).toBe(true);

  await page.getByRole('list', { name: 'Photos' }).getByRole('button').last().click();
  const photo = page.getByRole('dialog', { name: 'album-012.webp' });
  await photo.getByRole('alert').waitFor();
  expect(await isOnTop(page)).toBe(true);
  const picture = (await photo.getByRole('img').boundingBox())!;
  expect(picture.y + picture.height).toBeLessThanOrEqual(height);
  await photo.getByRole('button', { name: 'Dismiss' }).click();
  await alert(page).waitFor({ state: 'detached' });
  expect(app.problems).toEqual([]);
});

test('where the runtime has not arrived the page says so, and “Start again” helps once it can', async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  const { page, context } = app;
  const binary = '**/ort-wasm-simd-threaded-*.wasm';
  await context.route(binary, (route) => route.abort());
  await page.reload();
  const told = page.getByRole('alert').getByText('(onnxruntime-web) did not arrive');
  await told.waitFor();
  await page.getByText('Check the connection, then try again.').waitFor();
  await context.unroute(binary);
  await page.getByRole('button', { name: 'Start again' }).click();
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await told.waitFor({ state: 'detached' });
});

test('a photo whose file this visit cannot open says so in full, and what helps', async () => {
  app = await openApp({
    webgpu: false,
    query: SMALL,
    context: { viewport: { width: 390, height: 844 } },
  });
  const { page } = app;
  await addSome(page, 2);
  await page.reload();
  await page.getByRole('list', { name: 'Photos' }).getByRole('button').first().click();
  const note = page.getByRole('dialog', { name: 'album-001.webp' }).getByRole('note');
  await note.getByText('Add it once more to see it whole. Below is its small copy.').waitFor();
  expect(await note.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
  const { x, width } = (await note.boundingBox())!;
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(390);
  expect(app.problems).toEqual([]);
});
