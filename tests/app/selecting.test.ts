import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import type { CDPSession, Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';

let app: App | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

const NAME = 'album-002.webp';

const check = (page: Page) => page.getByRole('checkbox', { name: `Select ${NAME}` });
const tile = (page: Page) => page.getByRole('list', { name: 'Photos' }).getByRole('button', { name: NAME });
const selected = (page: Page, count: string) => page.getByRole('status').getByText(count).waitFor();

/** How much of an element is seen through, 1 for nothing. */
const opacity = (page: Page) => check(page).evaluate((box) => getComputedStyle(box).opacity);

/** Puts a finger on the middle of a photo, or lifts it. */
async function finger(session: CDPSession, page: Page, type: 'touchStart' | 'touchEnd'): Promise<void> {
  const { x, y, width, height } = (await tile(page).boundingBox())!;
  const touchPoints = type === 'touchEnd' ? [] : [{ x: x + width / 2, y: y + height / 2 }];
  await session.send('Input.dispatchTouchEvent', { type, touchPoints });
}

test('a finger selects by a long press, then others by touching them, and opens when none is selected', async () => {
  const viewport = { width: 390, height: 844 };
  app = await openApp({
    webgpu: false,
    query: SMALL,
    context: { viewport, hasTouch: true, isMobile: true },
  });
  const { page } = app;
  await addSome(page, 4);
  const session = await page.context().newCDPSession(page);

  expect(await opacity(page)).toBe('0');
  await finger(session, page, 'touchStart');
  await selected(page, '1 photo selected');
  await finger(session, page, 'touchEnd');
  expect(await check(page).getAttribute('aria-checked')).toBe('true');
  const box = (await check(page).boundingBox())!;
  expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);

  const other = page.getByRole('checkbox', { name: 'Select album-004.webp' });
  expect(await other.evaluate((one) => getComputedStyle(one).opacity)).toBe('1');
  await page.getByRole('button', { name: 'album-003.webp' }).tap();
  await selected(page, '2 photos selected');
  await other.tap();
  await selected(page, '3 photos selected');
  await page.getByRole('button', { name: 'album-003.webp' }).tap();
  await selected(page, '2 photos selected');
  expect(await page.getByRole('dialog').count()).toBe(0);

  await page.getByRole('button', { name: 'Clear the selection' }).tap();
  await selected(page, 'No photo selected');
  // Where nothing is seen, a finger opens the photo.
  const corner = { x: 10, y: 10 };
  await tile(page).tap({ position: corner });
  await page.getByRole('dialog', { name: NAME }).waitFor();
  expect(app.problems).toEqual([]);
});

test('a mouse finds a check on the photo below it, the keyboard on the one it is at', async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  await addSome(page, 4);
  await page.mouse.move(0, 0);
  await expect.poll(() => opacity(page)).toBe('0');
  await tile(page).hover();
  await expect.poll(() => opacity(page)).toBe('1');
  await check(page).click();
  await selected(page, '1 photo selected');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download zip' }).click();
  const packed = unzipSync(await readFile(await (await download).path()));
  expect(packed).toEqual({ [NAME]: new Uint8Array(await readFile(`static/album/${NAME}`)) });
  const last = page.getByRole('checkbox', { name: 'Select album-004.webp' });
  await last.click({ modifiers: ['Shift'] });
  await selected(page, '3 photos selected');
  await last.click();
  await selected(page, '2 photos selected');
  await tile(page).click();
  const dialog = page.getByRole('dialog', { name: NAME });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await page.keyboard.press('Escape');
  await selected(page, 'No photo selected');
  await tile(page).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  await page.mouse.move(0, 0);
  expect(await opacity(page)).toBe('1');
  await page.keyboard.press('Space');
  await selected(page, '1 photo selected');
  expect(await check(page).getAttribute('aria-checked')).toBe('true');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: NAME }).waitFor();
  expect(app.problems).toEqual([]);
});

test('a removal is taken back with Ctrl+Z, and stands when the page is closed before that', async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  await addSome(page, 3);
  const removed = page.getByRole('region', { name: 'Removed photos' });
  await tile(page).press('Delete');
  await removed.waitFor();
  // In a text field it is the text's.
  await page.getByRole('searchbox', { name: 'Search photos' }).press('Control+z');
  await removed.waitFor();
  await page.getByRole('button', { name: 'album-001.webp' }).press('Control+z');
  await tile(page).waitFor();
  await removed.waitFor({ state: 'detached' });
  await tile(page).press('Delete');
  await removed.waitFor();

  await page.reload();
  await page.getByRole('list', { name: 'Photos' }).getByRole('listitem').nth(1).waitFor();
  expect(await page.getByRole('list', { name: 'Photos' }).getByRole('listitem').count()).toBe(2);
  expect(await tile(page).count()).toBe(0);
  expect(await removed.count()).toBe(0);
});

/** Of how many lines of the page, in CSS pixels, nothing but pictures is seen. */
const seenOfPictures = (page: Page) =>
  page.evaluate(() => {
    const across = [0.15, 0.35, 0.5, 0.65, 0.85].map((part) => part * innerWidth);
    const isPicture = (x: number, y: number) => !!document.elementFromPoint(x, y)?.closest('.grid');
    return Array.from({ length: innerHeight }, (_, y) => across.every((x) => isPicture(x, y))).filter(Boolean)
      .length;
  });

test('most of a low page and of a phone is left to the pictures while results are filtered and selected', async () => {
  app = await openApp({ webgpu: false, query: SMALL, context: { viewport: { width: 640, height: 400 } } });
  const { page } = app;
  await page.getByRole('button', { name: 'Try the sample album' }).click();
  await page.getByRole('status').getByText('160 photos ready to search').waitFor();
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText('results for two cats').waitFor();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByLabel('Shape').selectOption('Portrait');
  await page.getByRole('button', { name: /^Select all/ }).click();
  await page.getByRole('region', { name: 'Selection' }).waitFor();
  for (const [width, height] of [
    [640, 400],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
    await expect.poll(() => seenOfPictures(page)).toBeGreaterThan(0.65 * height);
    await page.evaluate(() => scrollTo({ top: 200, behavior: 'instant' }));
    await expect.poll(() => seenOfPictures(page)).toBeGreaterThan(0.75 * height);
    // What is to be done with them stays at hand.
    const place = (await page.getByRole('button', { name: 'Download zip' }).boundingBox())!;
    expect(place.y).toBeGreaterThanOrEqual(0);
    expect(place.y + place.height).toBeLessThan(height);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  expect(app.problems).toEqual([]);
});
