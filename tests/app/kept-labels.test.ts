import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';
import { violations } from '../helpers/axe';
import { WHOLE } from '../helpers/whole';

const PHOTOS = 12;
const KILLS = WHOLE ? 10 : 2;

let profile = '';
let app: App | undefined;

beforeEach(async () => {
  profile = await mkdtemp(path.join(tmpdir(), 'clipscope-labels-'));
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await rm(profile, { recursive: true });
});

const open = (query = SMALL) =>
  openApp({ webgpu: false, persistentDir: profile, query: `${query}&tab=label` });

const picture = ({ page }: App, at: number) => page.locator('.cards [data-photo]').nth(at);
const chips = ({ page }: App, name: string) =>
  page.getByRole('list', { name: `Kept labels of ${name}` }).getByRole('listitem');
const fileName = (at: number) => `album-${`${at + 1}`.padStart(3, '0')}.webp`;

async function labelled({ page }: App): Promise<void> {
  await page
    .getByRole('status')
    .getByText(new RegExp(`${PHOTOS} photos labelled`))
    .waitFor();
}

test('labels are given by keyboard, taken back, found again, and stay through a kill and with another model', async () => {
  app = await open();
  await addSome(app.page, PHOTOS, `${PHOTOS} photos labelled`);
  const { page } = app;

  // One key a photo; each goes on to the next.
  await picture(app, 0).focus();
  const first = await page
    .getByRole('list', { name: `Labels for ${fileName(0)}` })
    .locator('.label')
    .first()
    .innerText();
  await page.keyboard.press('y');
  await page
    .getByRole('status')
    .getByText(`${fileName(0)} is labelled “${first}”`)
    .waitFor();
  await expect.poll(() => picture(app!, 1).evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press('n');
  await expect.poll(() => chips(app!, fileName(1)).count()).toBe(1);
  await page.keyboard.press('2');
  await expect.poll(() => chips(app!, fileName(2)).count()).toBe(1);
  await page.getByText(`3 of ${PHOTOS} checked; the first label is right for 1 (33%)`).waitFor();
  await page.keyboard.press('Control+z');
  await expect.poll(() => chips(app!, fileName(2)).count()).toBe(0);

  // Any label, in words.
  await picture(app, 4).focus();
  await page.keyboard.press('l');
  await page.keyboard.type('palm tree');
  await page.keyboard.press('Enter');
  await page.getByText(`${fileName(4)} is labelled “palm tree”`).waitFor();
  await picture(app, 5).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('y');
  await expect.poll(() => chips(app!, fileName(6)).count()).toBe(1);

  // Labels learn from those that are among them.
  await page.getByRole('button', { name: 'Learn from 3 photos' }).click();
  await page.getByText(/^Learned from 3 photos, .* zero-shot, for 2 of 2 \(100%\)\.$/).waitFor();
  expect(await violations(page)).toEqual([]);

  // Found by them, in the photo's view too.
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('label:"palm tree"');
  await page.getByRole('tab', { name: 'Search' }).click();
  const photos = page.getByRole('list', { name: 'Photos' }).getByRole('listitem');
  await expect.poll(() => photos.count()).toBe(1);
  await photos.first().getByRole('button').first().click();
  const dialog = page.getByRole('dialog', { name: fileName(4) });
  await dialog.getByRole('button', { name: `Label ${fileName(4)}` }).click();
  await page.keyboard.type('Beach');
  await page.keyboard.press('Enter');
  await page.getByText(`${fileName(4)} is labelled “Beach”`).waitFor();
  await page.keyboard.press('Escape');
  await app.kill();

  // With another model, which has no answers: the files are not given again.
  app = await open('?backend=wasm&model=clipscope-m');
  await expect.poll(() => chips(app!, fileName(4)).count()).toBe(2);
  expect(await chips(app, fileName(0)).allInnerTexts()).toEqual([expect.stringContaining(first)]);
  await app.page.getByRole('searchbox', { name: 'Search photos' }).fill('label:beach');
  await app.page.getByRole('tab', { name: 'Search' }).click();
  await expect
    .poll(() => app!.page.getByRole('list', { name: 'Photos' }).getByRole('listitem').count())
    .toBe(1);
});

test('what was said to be labelled is there after the browser is killed at any moment', async () => {
  app = await open();
  await addSome(app.page, PHOTOS, `${PHOTOS} photos labelled`);
  /** Labels that the page said were given, by photo. */
  const told = new Map<number, Set<string>>();
  for (let kill = 0; kill < KILLS; kill++) {
    const { page } = app;
    // One after another without a pause, until the browser dies.
    const many = 1 + Math.floor(Math.random() * 2 * PHOTOS);
    for (let step = 0; step < many; step++) {
      const at = step % PHOTOS;
      const label = `kill ${kill} step ${step}`;
      await picture(app, at).focus();
      await page.keyboard.press('l');
      await page.keyboard.type(label);
      await page.keyboard.press('Enter');
      await page
        .getByRole('status')
        .getByText(`${fileName(at)} is labelled “${label}”`)
        .waitFor();
      told.set(at, (told.get(at) ?? new Set()).add(label));
    }
    // One more is on its way.
    await picture(app, 0).focus();
    await page.keyboard.press('y');
    await app.kill();
    app = await open();
    await labelled(app);
    for (const [at, labels] of told) {
      const there = (await chips(app, fileName(at)).allInnerTexts()).join('\n');
      for (const label of labels) expect(there, `after kill ${kill + 1}`).toContain(label);
    }
  }
});
