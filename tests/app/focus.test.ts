import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';

let app: App;
let page: Page;
beforeAll(async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  ({ page } = app);
  await addSome(page, 12);
});
beforeEach(async () => {
  await page.goto(`${inject('appUrl')}/${SMALL}`);
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await page.getByRole('list', { name: 'Photos' }).waitFor();
});
afterAll(() => app.close());

/** The accessible name of what has the focus, or what it is. */
const focused = () =>
  page.evaluate(() => {
    const { activeElement: element, body } = document;
    if (!element || element === body) return 'nothing';
    const image = element.querySelector('img')?.alt;
    return element.getAttribute('aria-label') ?? (element.id || image || element.textContent.trim());
  });
const hasFocus = (name: string | RegExp) => expect.poll(focused).toMatch(name);

const tile = (at: number) => page.getByRole('list', { name: 'Photos' }).getByRole('button').nth(at);
const nameOf = async (at: number) => (await tile(at).getByRole('img').getAttribute('alt'))!;
const sheet = (name: string) => page.getByRole('dialog', { name });
const photo = () => page.getByRole('dialog', { name: /^album-/ });

/** Presses a button of the panel behind the tools. */
async function more(name: string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('dialog', { name: 'More' }).getByRole('button', { name }).click();
}

test('a closed sheet gives the focus back to what opened it', async () => {
  const chip = page.getByRole('button', { name: /^Model: / });
  await chip.press('Enter');
  await hasFocus(/^Close$/);
  await page.keyboard.press('Escape');
  await hasFocus(/^Model: /);
  await chip.press('Enter');
  await sheet('Models').getByRole('button', { name: 'Close' }).press('Enter');
  await hasFocus(/^Model: /);
  await chip.press('Enter');
  await sheet('Models').getByRole('button', { name: 'Storage', exact: true }).press('Enter');
  await sheet('Storage').waitFor();
  await page.keyboard.press('Escape');
  await hasFocus(/^Model: /);
  await chip.press('Enter');
  await sheet('Models').waitFor();
  await page.goBack();
  await hasFocus(/^Model: /);
  await more('How to search');
  await page.keyboard.press('Escape');
  await hasFocus(/^More$/);
  await page.getByRole('button', { name: '12 photos' }).press('Enter');
  await page.keyboard.press('Escape');
  await hasFocus(/^12 photos$/);
});

test('a sheet whose opener is gone gives it to the pictures', async () => {
  await page.goto(`${inject('appUrl')}/${SMALL}&tab=lable`);
  await page.getByRole('alert').waitFor();
  await page.getByRole('list', { name: 'Photos' }).waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await hasFocus(/^album-/);
  const chip = page.getByRole('button', { name: /^Model: / });
  await chip.press('Enter');
  await chip.evaluate((button) => button.remove());
  await page.keyboard.press('Escape');
  await hasFocus(/^album-/);
});

test('a closed photo gives it back to its tile, also after others were looked at, or by Back', async () => {
  await tile(2).focus();
  await page.keyboard.press('Enter');
  await photo().waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await hasFocus(await nameOf(4));
  await page.keyboard.press('Enter');
  await photo().waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.goBack();
  await hasFocus(await nameOf(3));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'More like this' }).press('Enter');
  await page.getByRole('list', { name: 'Results' }).waitFor();
  await hasFocus(/^album-/);
  await page.goto(`${inject('appUrl')}/${SMALL}&tab=label`);
  const card = page.getByRole('article').nth(1).getByRole('button');
  await card.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  const third = await page.getByRole('article').nth(2).getAttribute('aria-label');
  await hasFocus(third!);
});

test('what is removed and brought back leaves the focus near', async () => {
  await tile(1).focus();
  const after = await nameOf(2);
  await page.keyboard.press('Delete');
  await hasFocus(after);
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByRole('button', { name: '12 photos' }).waitFor();
  await hasFocus(after);

  await tile(1).focus();
  await page.keyboard.press(' ');
  const selection = page.getByRole('region', { name: 'Selection' });
  await selection.getByRole('button', { name: 'Remove' }).press('Enter');
  await hasFocus(after);
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await selection.waitFor();
  await hasFocus(after);
  await page.getByRole('button', { name: 'Clear the selection' }).press('Enter');
  await page.getByRole('button', { name: '12 photos' }).waitFor();
  await hasFocus(after);

  await tile(11).focus();
  await page.keyboard.press('Enter');
  await photo().waitFor();
  await page.keyboard.press('Delete');
  await page.keyboard.press('Escape');
  await hasFocus(/^album-/);
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByRole('button', { name: '12 photos' }).waitFor();
});

test('the first screen’s buttons leave it in the page that takes its place', async () => {
  await more('Remove all photos');
  const album = page.getByRole('button', { name: 'Try the sample album' });
  await album.waitFor();
  await hasFocus(/^page$/);
  await album.press('Enter');
  await page.getByRole('status').getByText('160 photos ready to search').waitFor();
  await hasFocus(/^page$/);
  expect(app.problems).toEqual([]);
});
