import { decode } from 'fast-png';
import type { Locator, Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';

let app: App | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How many colours are seen in a part of the page. */
async function colours(page: Page, clip: Part): Promise<number> {
  const { data, channels } = decode(await page.screenshot({ clip }));
  const seen = new Set<number>();
  for (let at = 0; at < data.length; at += channels) {
    seen.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
  }
  return seen.size;
}

/** An element's place, or that of its lowest pixels. */
async function placeOf(element: Locator, lowest?: number): Promise<Part> {
  const { x, y, width, height } = (await element.boundingBox())!;
  return lowest === undefined
    ? { x, y, width, height }
    : { x, y: Math.floor(y + height - lowest), width, height: lowest };
}

test.each(['light', 'dark'] as const)(
  'in the person’s own colours, %s, sliders, bars and what is selected are seen',
  async (colorScheme) => {
    app = await openApp({
      webgpu: false,
      query: SMALL,
      context: { colorScheme, forcedColors: 'active', viewport: { width: 1280, height: 800 } },
    });
    const { page } = app;
    await addSome(page, 4);
    await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
    await page.getByRole('status').getByText('results for two cats').waitFor();

    const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
    const slider = await placeOf(page.getByRole('slider', { name: 'How many results' }));
    const dot = await placeOf(page.locator('.dot'));
    const line = (name: string) => placeOf(page.getByRole('tab', { name }), 4);
    await expect.poll(() => colours(page, slider)).toBeGreaterThan(1);
    expect(await colours(page, dot), 'the dot of the model').toBeGreaterThan(1);
    expect(await colours(page, await line('Search')), 'tabs: the open one is underlined').not.toBe(
      await colours(page, await line('Label')),
    );

    // A score bar of half the length, whatever the pictures score.
    const bar = results.first().locator('.bar');
    await bar.evaluate((element) => (element.style.width = '50%'));
    expect(await colours(page, await placeOf(results.first().locator('.scale'))), 'score').toBe(2);

    await results.first().getByRole('checkbox').click();
    const mark = (at: number) => results.nth(at).getByRole('checkbox').locator('.mark');
    const fill = (at: number) => mark(at).evaluate((one) => getComputedStyle(one).backgroundColor);
    expect(await fill(0)).not.toBe(await fill(1));

    await page.getByRole('tab', { name: 'Label' }).click();
    const label = page
      .getByRole('list', { name: /^Labels for/ })
      .first()
      .getByRole('listitem')
      .first();
    await label.waitFor();
    await label.evaluate((element) => element.style.setProperty('--share', '50%'));
    expect(await colours(page, await placeOf(label, 4)), 'label').toBeGreaterThan(1);
    expect(app.problems).toEqual([]);
  },
);
