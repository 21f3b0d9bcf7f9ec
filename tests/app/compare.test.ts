import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILT_IN_MODELS } from '../../src/clip/built-in';
import type { ComparisonRecord } from '../../src/ui/compare/photos/comparison-record';
import { albumFixture, albumRanking } from '../helpers/album';
import { addSome, expectNothingLeft, openApp, type App } from '../helpers/app';
import { violations } from '../helpers/axe';

const COUNT = 24;
const QUERY = 'two cats';

/** Texts of the fixtures, as labels. */
const LABELS = ['two cats', 'a red apple on a blue background', 'musical instruments'];

const NAMES = BUILT_IN_MODELS.map(({ name }) => name);
const fixtures = BUILT_IN_MODELS.map(({ id }) => albumFixture(id));

/** The pictures that are compared. */
const files = fixtures[0]!.images
  .map(({ file }) => file)
  .sort()
  .slice(0, COUNT);

/** What OpenCLIP finds among them with each size: the first ten. */
const golden = fixtures.map((fixture) =>
  albumRanking(fixture, QUERY)
    .filter(({ file }) => files.includes(file))
    .slice(0, 10),
);

/** The label that OpenCLIP gives a picture with each size. */
function goldenLabels(file: string): string[] {
  return fixtures.map((fixture) => {
    const scores = LABELS.map((text) => albumRanking(fixture, text).find((one) => one.file === file)!.score);
    return LABELS[scores.indexOf(Math.max(...scores))]!;
  });
}

let app: App;
beforeAll(async () => {
  const context = { viewport: { width: 1280, height: 900 }, acceptDownloads: true } as const;
  app = await openApp({ webgpu: false, query: '?tab=compare&backend=wasm&arithmetic=fp32', context });
});
afterAll(() => app.close());

/** Clip workers of the page. */
const clipWorkers = () => app.page.workers().filter((worker) => worker.url().includes('clip.worker')).length;

describe('the built-in sizes, side by side on pictures of the album', () => {
  test('are compared in one key press, each in a worker of its own', async () => {
    const { page } = app;
    await addSome(page, COUNT);
    const start = page.getByRole('button', { name: 'Compare the three built-in sizes' });
    await start.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: /^(?:Loading|Embedding photos with) clipscope/ }).waitFor();
    await page
      .getByRole('status')
      .getByText(`${NAMES.at(-1)} has looked at ${COUNT} photos`)
      .waitFor();
    const heads = page.getByRole('list', { name: 'Models compared' }).getByRole('heading');
    expect(await heads.allInnerTexts()).toEqual(NAMES);
    expect(clipWorkers()).toBe(1 + NAMES.length);
  });

  test('find what OpenCLIP finds with each, and what only one finds is marked', async () => {
    const { page } = app;
    await page.keyboard.press('/');
    await page.keyboard.type(QUERY);
    const itemsOf = (name: string) =>
      page.getByRole('list', { name: `Results of ${name}` }).getByRole('listitem');
    // What only one finds is known when all have answered.
    for (const name of NAMES) await expect.poll(() => itemsOf(name).count()).toBe(10);
    for (const [at, name] of NAMES.entries()) {
      const items = itemsOf(name);
      const ranking = golden[at]!;
      const alone = ranking.filter(
        ({ file }) => !golden.some((other, place) => place !== at && other.some((one) => one.file === file)),
      );
      const shown = await items.evaluateAll((all) =>
        all.map((one) => ({ file: one.querySelector('img')?.alt, text: (one as HTMLElement).innerText })),
      );
      // Scores that are alike in three decimals may stand either way.
      for (const [place, { file, text }] of shown.entries()) {
        const expected = ranking.find((one) => one.file === file)?.score ?? NaN;
        expect(Math.abs(Number.parseFloat(text) - expected), `${name}, ${file}`).toBeLessThan(1e-3);
        expect(Math.abs(expected - ranking[place]!.score)).toBeLessThan(1e-3);
      }
      const marked = shown.filter(({ text }) => text.includes('only here'));
      expect(new Set(marked.map(({ file }) => file))).toEqual(new Set(alone.map(({ file }) => file)));
    }
    expect(new URL(page.url()).searchParams.get('tab')).toBe('compare');
  });

  test('label side by side as OpenCLIP does, those first on which they differ', async () => {
    const { page } = app;
    await page.getByRole('button', { name: /^\d+ labels, / }).click();
    await page.getByRole('textbox', { name: 'Labels' }).fill(LABELS.join('\n'));
    await page.getByRole('tab', { name: 'Compare' }).click();
    const labels = files.map(goldenLabels);
    const same = labels.filter(([first, ...others]) => others.every((other) => other === first)).length;
    await page.getByText(`All three give ${same} photos of ${COUNT} the same first label`).waitFor();
    const table = page.getByRole('table', { name: /^First labels/ });
    const file = (await table.getByRole('img').first().getAttribute('alt'))!;
    const cells = table.getByRole('row').nth(1).getByRole('cell');
    const firsts = await cells.evaluateAll((all) =>
      all.map((cell) => cell.querySelector('.label')?.textContent),
    );
    expect(firsts).toEqual(goldenLabels(file));
    expect(new Set(firsts).size).toBeGreaterThan(1);
  });

  test('are saved as data', async () => {
    const { page } = app;
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as JSON' }).click();
    const saved = await (await saving).path();
    const record = JSON.parse(await readFile(saved, 'utf8')) as ComparisonRecord;
    expect(record.models.map(({ name, embedded }) => [name, embedded])).toEqual(
      NAMES.map((name) => [name, COUNT]),
    );
    expect(record.query?.lists.map((list) => list?.length)).toEqual([10, 10, 10]);
    expect(record.labels?.labels).toEqual(LABELS);
  });

  test('are measured on this device', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Measure on this device' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: 'Measuring models' }).waitFor();
    await page.getByRole('button', { name: 'Measure again' }).waitFor();
    const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) }).getByRole('cell');
    for (const text of await row('A picture alone').allInnerTexts()) expect(text).toMatch(/^[\d.]+ m?s \(/);
    for (const text of await row('WASM memory').allInnerTexts()) expect(text).toMatch(/^\d+ MB$/);
    expect(await row('On disk').count()).toBe(NAMES.length);
  });

  test('are saved as a report that opens again, equal', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Report', exact: true }).click();
    const save = page.getByRole('button', { name: 'Save report' });
    await save.waitFor();
    const tables = page.getByRole('table');
    const before = await tables.allInnerTexts();
    expect(before).toHaveLength(3);
    for (const name of NAMES) expect(before[0]).toContain(name);
    expect(await violations(page)).toEqual([]);
    const saving = page.waitForEvent('download');
    await save.click();
    const saved = await (await saving).path();
    await page.getByLabel('Open a report').setInputFiles(saved);
    await page.getByRole('button', { name: /^Close / }).waitFor();
    expect(await tables.allInnerTexts()).toEqual(before);
    await page.getByRole('button', { name: /^Close / }).click();
    // As a page of its own, without Clipscope.
    const alone = await app.context.newPage();
    await alone.setContent(await readFile(saved, 'utf8'));
    const ofPage = (await alone.getByRole('table').allInnerTexts()).join('\n');
    for (const name of NAMES) expect(ofPage).toContain(name);
    expect(await violations(alone)).toEqual([]);
    await alone.close();
  });

  test('give a probe what it learns from, by what is written beside some pictures', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Probe', exact: true }).click();
    const train = page.getByRole('button', { name: 'Train the probe' });
    expect(await train.isDisabled()).toBe(true);
    const fields = page.getByRole('combobox', { name: /^Class of album-/ });
    const labels = files.map((file) => goldenLabels(file)[0]!);
    const [first, second] = [...new Set(labels)];
    const taught = [first!, second!].flatMap((label) => {
      const own = files.filter((_, at) => labels[at] === label).slice(0, 4);
      return own.map((file) => ({ file, label }));
    });
    for (const { file, label } of taught) {
      const field = page.getByRole('combobox', { name: `Class of ${file}` });
      await field.fill(label);
      await field.press('Enter');
    }
    await train.focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .getByText(`A probe of 2 classes trained on ${taught.length} photos`)
      .waitFor();
    await page.getByRole('row', { name: /^Zero-shot, by name / }).waitFor();
    for (const { file, label } of taught) {
      const answers = page.getByRole('list', { name: `Labels for ${file}` }).getByRole('listitem');
      await expect.poll(() => answers.first().innerText()).toContain(label);
    }
    expect(await fields.count()).toBe(COUNT);
    expect(await violations(page), '1280 px').toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page), '390 px').toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('button', { name: 'Photos', exact: true }).click();
  });

  test('stand on the page without anything that axe finds, wide and narrow', async () => {
    const { page } = app;
    expect(await violations(page), '1280 px').toEqual([]);
    await page.getByRole('button', { name: 'Add a model' }).click();
    await page.getByRole('combobox', { name: 'Model to compare' }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page), '390 px').toEqual([]);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways, 'pixels beyond the edge').toBeLessThanOrEqual(0);
  });

  test('open a picture that Back closes, and end one by one, with their workers', async () => {
    const { page } = app;
    const list = page.getByRole('list', { name: `Results of ${NAMES[1]}` });
    await list.getByRole('button').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: /^album-/ }).waitFor();
    await page.goBack();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    // The same picture stands in other lists too.
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest('ol')?.getAttribute('aria-label'));
    await expect.poll(focused).toBe(`Results of ${NAMES[1]}`);
    await page.getByRole('button', { name: `Remove ${NAMES[1]}` }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(clipWorkers).toBe(NAMES.length);
    await page.getByRole('button', { name: 'End the comparison' }).click();
    await page.getByRole('button', { name: 'Compare the three built-in sizes' }).waitFor();
    await expect.poll(clipWorkers).toBe(1);
    expectNothingLeft(app);
    expect(app.problems).toEqual([]);
  });
});
