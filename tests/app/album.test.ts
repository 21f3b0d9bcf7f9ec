import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALBUM_LABELS } from '../../src/ui/label/first-labels';
import { albumFixture, albumRanking } from '../helpers/album';
import { expectNothingLeft, openApp, OPENS_WITH, type App } from '../helpers/app';

let app: App;
beforeAll(async () => {
  app = await openApp({ webgpu: false, query: '?backend=wasm&arithmetic=fp32' });
  await app.page.getByRole('button', { name: 'Try the sample album' }).click();
  await app.page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor({ state: 'hidden' });
});
afterAll(() => app.close());

describe('the sample album, with everything but the page’s own origin out of reach', () => {
  test('is searched by typing, with the scores and the order of OpenCLIP', async () => {
    const { page } = app;
    const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
    for (const text of ['two cats', 'a red apple on a blue background', 'musical instruments']) {
      await page.getByRole('searchbox', { name: 'Search photos' }).fill(text);
      await page.getByRole('status').getByText(`160 results for ${text}`).waitFor();
      const [first, second] = albumRanking(albumFixture(), text);
      for (const [at, match] of [first, second].entries()) {
        expect(await results.nth(at).getByRole('img').getAttribute('alt')).toBe(match?.file);
        expect(Math.abs(Number(await results.nth(at).innerText()) - (match?.score ?? NaN))).toBeLessThan(
          6e-4,
        );
      }
    }
    expectNothingLeft(app);
    expect(app.problems).toEqual([]);
  });

  test('is searched by one click on a suggestion', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Clear the search' }).click();
    const suggested = page.getByRole('group', { name: 'Suggested searches' });
    await suggested.getByRole('button', { name: 'two cats' }).click();
    await page.getByRole('status').getByText('160 results for two cats').waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search photos' }).inputValue()).toBe('two cats');
    // The suggestions are gone; the next key is for the pictures, not for what happens to stand beside.
    const first = albumRanking(albumFixture(), 'two cats')[0]?.file;
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.querySelector('img')?.alt))
      .toBe(first);
  });

  test('is labelled, and the labels follow the text field', async () => {
    const { page } = app;
    await page.getByRole('tab', { name: 'Label' }).click();
    // Not only those that the search leaves.
    await page.getByRole('button', { name: 'Label all photos' }).click();
    await page.getByRole('textbox', { name: 'Labels' }).fill('dog\npizza, guitar');
    const labels = page.getByRole('list', { name: 'Labels for album-001.webp' }).getByRole('listitem');
    await expect.poll(() => labels.count()).toBe(3);
    await expect.poll(() => labels.first().innerText()).toMatch(/^dog\s+\d+\.\d%$/);
    const percentages = (await labels.allInnerTexts()).map((text) =>
      Number.parseFloat(text.replace(/^\D*/, '')),
    );
    expect(percentages).toEqual([...percentages].sort((a, b) => b - a));
    expect(Math.abs(percentages.reduce((a, b) => a + b, 0) - 100)).toBeLessThan(0.3);
    await page.getByRole('textbox', { name: 'Labels' }).fill('dog');
    await page.getByText('Add another label to compare').waitFor();
    await expect.poll(() => labels.count()).toBe(1);
    await expect.poll(() => labels.first().innerText()).toMatch(/^dog\s+-?0\.\d{3}$/);
    expect(await page.getByRole('tabpanel').getByText('100.0%').count()).toBe(0);
    expectNothingLeft(app);
  });

  test('is labelled with many without rows that tell nothing, and no label is cut', async () => {
    const { page } = app;
    await page.getByLabel('Label set', { exact: true }).selectOption('Suggested');
    const all = ALBUM_LABELS.length + 1;
    const long = 'an unmistakeable drawing of a hummingbirdinflightoverthegarden';
    await page
      .getByRole('status')
      .getByText(`160 photos labelled with ${ALBUM_LABELS.length} labels`)
      .waitFor();
    const suggested = await page.getByRole('textbox', { name: 'Labels' }).inputValue();
    await page.getByRole('textbox', { name: 'Labels' }).fill(`${suggested}\n${long}`);
    await page.getByRole('status').getByText(`160 photos labelled with ${all} labels`).waitFor();
    const cards = page.getByRole('article');
    const shown = await cards.getByRole('listitem').allInnerTexts();
    expect(shown.length).toBeGreaterThan(160);
    expect(shown.filter((text) => / 0\.[0-4]%$/.test(text.replace(/\s+/g, ' ')))).toEqual([]);

    const card = cards.first();
    const labels = card.getByRole('listitem');
    const few = await labels.count();
    await card.getByRole('button', { name: `${all - few} more labels for album-001.webp` }).click();
    await expect.poll(() => labels.count()).toBe(all);
    const label = labels.getByText(long);
    expect(await label.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0);
    await card.getByRole('button', { name: 'Fewer labels for album-001.webp' }).click();
    await expect.poll(() => labels.count()).toBe(few);
  });

  test('says where it runs, and what the built-in model knows', async () => {
    const { page } = app;
    await page.goto(new URL('/', page.url()).href);
    await page.getByRole('status').getByText(`${OPENS_WITH} ready on WASM`).waitFor();
    await expect.poll(() => page.getByText('knows drawings, not photos').first().isVisible()).toBe(true);
    // Where it runs is how things are, not something that waits for anyone: no amber.
    const [dot, amber] = await page.locator('.dot').evaluate((one) => {
      const probe = document.createElement('i');
      probe.style.background = 'var(--attention-fill)';
      document.body.append(probe);
      return [one, probe].map((element) => getComputedStyle(element).backgroundColor);
    });
    expect(dot).not.toBe(amber);
  });
});
