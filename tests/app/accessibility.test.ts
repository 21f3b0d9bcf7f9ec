import { afterEach, describe, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';
import { albumFixture, albumRanking } from '../helpers/album';
import { violations } from '../helpers/axe';

let app: App | undefined;
afterEach(() => app?.close());

const viewports = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;

describe.each(viewports)('$width px wide, light and dark', (viewport) => {
  test('axe finds nothing on any page or sheet', async () => {
    const context = { colorScheme: 'light', viewport, reducedMotion: 'reduce' } as const;
    app = await openApp({ webgpu: false, query: SMALL, context });
    const { page } = app;
    await page.getByRole('status').getByText('ready on WASM').waitFor();
    expect(await violations(page), 'first screen').toEqual([]);
    // A screenful: further ones are more of the same, and take axe a minute.
    await addSome(page, 12);
    await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
    await page.getByRole('status').getByText('12 results for two cats').waitFor();
    expect(await violations(page), 'results').toEqual([]);
    const more = page.getByRole('button', { name: 'More', exact: true });
    await more.click();
    await page.getByRole('form', { name: 'Filters' }).waitFor();
    expect(await violations(page), 'more').toEqual([]);
    await page.getByRole('button', { name: 'Duplicates' }).click();
    await page.getByText('No two of your photos that are indexed show the same.').waitFor();
    expect(await violations(page), 'duplicates').toEqual([]);
    await page.keyboard.press('Escape');
    await more.click();
    await page.getByRole('button', { name: 'How to search' }).click();
    await page.getByRole('dialog', { name: 'How to search' }).waitFor();
    expect(await violations(page), 'how to search').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('list', { name: 'Results' }).getByRole('button').first().click();
    await page.getByRole('dialog', { name: /^album-/ }).waitFor();
    expect(await violations(page), 'photo').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Label' }).click();
    await page.getByRole('list', { name: 'Labels for album-001.webp' }).waitFor();
    const folded = page.locator('summary', { hasText: 'labels' });
    expect(await folded.count(), 'only a narrow screen folds the settings of labels').toBe(
      viewport.width < 720 ? 1 : 0,
    );
    if (viewport.width < 720) await folded.click();
    const labels = page.getByRole('textbox', { name: 'Labels' });
    await labels.waitFor();
    expect(await violations(page), 'labels').toEqual([]);
    // Without labels the settings need a look; with the first one they must not fold under the writer's hands.
    await labels.fill('');
    await page.getByRole('status').getByText('No labels').waitFor();
    await labels.pressSequentially('cat');
    await page.getByRole('status').getByText('labelled with 1 label').waitFor();
    expect(await labels.inputValue()).toBe('cat');
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Scaling' }).click();
    await page.getByRole('group', { name: 'ImageNet: 32 models' }).waitFor();
    expect(await violations(page), 'scaling').toEqual([]);
    await page.getByRole('button', { name: 'Benchmarks' }).click();
    await page.getByRole('button', { name: 'Published figures on Flickr30k' }).click();
    await page.getByRole('region', { name: 'Results on wds/flickr30k' }).waitFor();
    expect(await violations(page), 'benchmarks').toEqual([]);
    await page.getByRole('button', { name: /^Model: / }).click();
    await page.getByRole('dialog', { name: 'Models' }).waitFor();
    expect(await violations(page), 'models').toEqual([]);
    await page.getByRole('button', { name: 'How to get one' }).click();
    await page.getByRole('button', { name: 'Copy diagnostics' }).waitFor();
    expect(await violations(page), 'help').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '12 photos' }).click();
    await page.getByRole('button', { name: 'New library' }).click();
    await page.getByRole('textbox', { name: 'Name of the new library' }).press('Enter');
    await page.getByRole('alert').getByText('Give it a name.').waitFor();
    expect(await violations(page), 'folders').toEqual([]);
  });
});

test('search, grid and viewer are used by keyboard alone', async () => {
  app = await openApp({ webgpu: false, query: '?backend=wasm' });
  const { page } = app;
  await page.getByRole('button', { name: 'Try the sample album' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('160 photos ready to search').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('body').press('/');
  await page.keyboard.type('two cats');
  // Before the results are there; then it is the first of them.
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('160 results for two cats').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const [first, second] = albumRanking(albumFixture(), 'two cats');
  await page.getByRole('dialog', { name: second!.file }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('dialog', { name: first!.file }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
});
