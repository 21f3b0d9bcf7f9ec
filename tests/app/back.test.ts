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
  // A page that was left: whoever goes back too far arrives here.
  await page.goto('about:blank');
  await page.goto(`${inject('appUrl')}/${SMALL}`);
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await page.getByRole('list', { name: 'Photos' }).waitFor();
});
afterAll(() => app.close());

const status = () => page.getByRole('status');
const line = () => page.getByRole('searchbox', { name: 'Search photos' });
const photo = () => page.getByRole('dialog', { name: /^album-/ });
const sheet = (name: string) => page.getByRole('dialog', { name });
const tiles = () => page.getByRole('list', { name: /^(Photos|Results)$/ }).getByRole('button');
const isLeft = () => page.url() === 'about:blank';

/** Presses a button of the panel behind the tools. */
async function more(name: string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('dialog', { name: 'More' }).getByRole('button', { name }).click();
}

test('Back closes the photo, then the sheet, then the query, and then leaves', async () => {
  await line().pressSequentially('two cats');
  await status().getByText('results for two cats').waitFor();
  await more('How to search');
  await sheet('How to search').waitFor();
  await tiles().first().click();
  await photo().waitFor();
  await page.goBack();
  await photo().waitFor({ state: 'detached' });
  expect(await sheet('How to search').isVisible()).toBe(true);
  await page.goBack();
  await sheet('How to search').waitFor({ state: 'hidden' });
  expect(await line().inputValue()).toBe('two cats');
  await page.goBack();
  await page.getByRole('list', { name: 'Photos' }).waitFor();
  expect(await line().inputValue()).toBe('');
  expect(isLeft()).toBe(false);
  await page.goForward();
  await status().getByText('results for two cats').waitFor();
  await page.goForward();
  await sheet('How to search').waitFor();
  await page.goForward();
  await photo().waitFor();
  await page.goBack();
  await photo().waitFor({ state: 'detached' });
  await page.goBack();
  await sheet('How to search').waitFor({ state: 'hidden' });
  await page.goBack();
  await page.getByRole('list', { name: 'Photos' }).waitFor();
  await page.goBack();
  await page.waitForURL('about:blank');
  expect(app.problems).toEqual([]);
});

test('what Escape or a button closes has no entry left, and Forward opens it again', async () => {
  await tiles().nth(2).click();
  await photo().waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await photo().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Model: / }).click();
  await sheet('Models').waitFor();
  await page.getByRole('button', { name: 'Storage', exact: true }).click();
  await sheet('Storage').waitFor();
  await sheet('Storage').getByRole('button', { name: 'Close' }).click();
  await sheet('Storage').waitFor({ state: 'hidden' });
  await page.goForward();
  await sheet('Storage').waitFor();
  await page.goBack();
  await sheet('Storage').waitFor({ state: 'hidden' });
  await page.goBack();
  await page.waitForURL('about:blank');
});

test('more like this can be gone back from, and a reload too', async () => {
  await line().fill('two cats');
  await status().getByText('results for two cats').waitFor();
  await tiles().nth(1).click();
  const name = (await photo().getByRole('heading').textContent())!;
  await page.getByRole('button', { name: 'More like this' }).click();
  await status().getByText(`results like ${name}`).waitFor();
  await page.goBack();
  await status().getByText('results for two cats').waitFor();
  await tiles().first().click();
  await photo().waitFor();
  await page.reload();
  await page.getByRole('list', { name: /^(Photos|Results)$/ }).waitFor();
  expect(await photo().count()).toBe(0);
  await tiles().first().click();
  await photo().waitFor();
  await page.goBack();
  await photo().waitFor({ state: 'detached' });
  expect(isLeft()).toBe(false);
});

test('a reload and a link bring back what is searched for, how it is shown, and the page', async () => {
  await line().fill('two cats');
  await status().getByText('12 results for two cats').waitFor();
  await page.getByRole('combobox', { name: 'Order' }).selectOption('By name');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const shape = page.getByRole('form', { name: 'Filters' }).getByLabel('Shape');
  await shape.selectOption('Landscape');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear filters' }).waitFor();
  await page.getByRole('tab', { name: 'Label' }).click();
  const templates = page.getByRole('combobox', { name: 'Prompt templates' });
  await templates.selectOption({ index: 2 });
  const chosen = await templates.inputValue();
  await page.getByRole('radio', { name: 'Least sure first' }).check();
  const link = page.url();

  for (const open of [() => page.reload(), () => page.goto('about:blank').then(() => page.goto(link))]) {
    await open();
    await templates.waitFor();
    expect(await templates.inputValue()).toBe(chosen);
    expect(await page.getByRole('radio', { name: 'Least sure first' }).isChecked()).toBe(true);
    expect(await line().inputValue()).toBe('two cats');
    await page.getByRole('tab', { name: 'Search' }).click();
    await page.getByRole('list', { name: 'Results' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Order' }).inputValue()).toBe('name');
    await page.getByRole('tab', { name: 'Label' }).click();
    expect(page.url()).toBe(link);
  }
  // The page's host learns of none of it.
  expect(new URL(link).search).not.toContain('cats');
  expect(app.problems).toEqual([]);
});

test('an address that was edited is read, and what in it means nothing is said', async () => {
  const base = `${inject('appUrl')}/${SMALL}`;
  await page.goto(`${base}#q=a+dog`);
  await status().getByText('results for a dog').waitFor();
  await page.goBack();
  await page.getByRole('list', { name: 'Photos' }).waitFor();
  await page.goForward();
  await status().getByText('results for a dog').waitFor();
  await page.goto(`${inject('appUrl')}/?tab=lable&backend=cuda#order=random`);
  const alerts = page.getByRole('alert');
  await alerts.getByText('There is no page “lable”. Search is shown instead.').waitFor();
  await alerts.getByText('Models cannot run on “cuda”.').waitFor();
  await alerts.getByText('There is no order “random”.').waitFor();
  await page.getByRole('tab', { name: 'Search', selected: true }).waitFor();
  await expect.poll(() => page.url()).not.toMatch(/lable|cuda|random/);
});
