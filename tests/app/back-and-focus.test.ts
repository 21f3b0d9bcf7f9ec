import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';

// Why in one file: both need the same page, and to open it takes five seconds of a core.
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

describe('Back', () => {
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
    // A click while the results replace the photos goes to neither.
    await status().getByText('results for two cats').waitFor();
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
    // All are shown already: there is no more to ask for.
    expect(await page.getByRole('button', { name: 'Show all' }).count()).toBe(0);
    await page.getByRole('slider', { name: 'How many results' }).press('Home');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('combobox', { name: 'Order' }).selectOption('By name');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    const shape = page.getByRole('form', { name: 'Filters' }).getByLabel('Shape');
    await shape.selectOption('Landscape');
    await page.getByRole('slider', { name: 'Picture size' }).fill('240');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear filters' }).waitFor();
    await page.getByRole('tab', { name: 'Label' }).click();
    const templates = page.getByRole('combobox', { name: 'Prompt templates' });
    await templates.selectOption({ index: 2 });
    const chosen = await templates.inputValue();
    await page.getByRole('radio', { name: 'Least sure first' }).check();
    const link = page.url();
    expect(link).toContain('&least=all&');
    expect(link).toContain('&size=240&');

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
});

describe('the focus', () => {
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
    const card = page.getByRole('article').nth(1).getByRole('button').first();
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

    // Where a photo covers the page, what is removed there can be brought back there.
    await tile(1).focus();
    await page.keyboard.press('Enter');
    await photo().getByRole('button', { name: 'Remove' }).press('Enter');
    await photo().getByRole('button', { name: 'Undo' }).press('Enter');
    await photo().getByText('of 12 photos').waitFor();
    expect(await photo().evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await hasFocus(after);

    // Two Escapes close two things, however quickly they follow.
    await tile(1).focus();
    await page.keyboard.press(' ');
    await tile(3).focus();
    await page.keyboard.press('Enter');
    await photo().waitFor();
    await Promise.all([page.keyboard.press('Escape'), page.keyboard.press('Escape')]);
    await page.getByRole('button', { name: '12 photos' }).waitFor();
    expect(await photo().count()).toBe(0);

    await tile(11).focus();
    await page.keyboard.press('Enter');
    await photo().waitFor();
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    await hasFocus(/^album-/);
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('button', { name: '12 photos' }).waitFor();
  });

  test('a choice of how the model runs keeps it while the model is loaded again', async () => {
    await page.getByRole('button', { name: /^Model: / }).press('Enter');
    const arithmetic = sheet('Models').getByLabel('Arithmetic');
    const id = await arithmetic.getAttribute('id');
    for (const [key, runsOn] of [
      ['ArrowDown', /ready on WASM \((?!.*8-bit)/],
      ['ArrowUp', /ready on WASM \(.*8-bit arithmetic/],
    ] as const) {
      await arithmetic.press(key);
      await status().getByText(runsOn).waitFor();
      expect(await focused()).toBe(id);
    }
  });

  test('the first screen’s buttons leave it in the page that takes its place', async () => {
    await more('Remove all photos');
    const album = page.getByRole('button', { name: 'Try the sample album' });
    await album.waitFor();
    await hasFocus(/^page$/);
    await album.press('Enter');
    await page.getByRole('status').getByText('160 photos ready to search').waitFor();
    await hasFocus(/^page$/);
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    expect(app.problems).toEqual([]);
  });
});
