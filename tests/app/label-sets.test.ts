import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';
import { violations } from '../helpers/axe';

const apps: App[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function open(query = `${SMALL}&tab=label`): Promise<App> {
  const app = await openApp({ webgpu: false, query });
  apps.push(app);
  return app;
}

const sheetOf = ({ page }: App) => page.getByRole('dialog', { name: 'A label set' });

test('labels go to another visitor in a link that no server sees, and overwrite nothing there', async () => {
  const app = await open();
  const { page } = app;
  await addSome(page, 3, '3 photos labelled');
  const field = page.getByRole('textbox', { name: 'Labels', exact: true });
  const labels = 'dog | puppy\n"red, white"\na drawing of a {}.';
  await field.fill(labels);
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link to these labels' }).inputValue();
  expect(new URL(link).search).toBe('?tab=label');

  const other = await open(new URL(link).search + new URL(link).hash);
  const sheet = sheetOf(other);
  await sheet.getByText('2 labels, with 1 template of its own').waitFor();
  expect(await violations(other.page)).toEqual([]);
  await other.page.reload();
  await sheet.getByRole('button', { name: 'Save' }).click();
  await other.page.getByRole('status').getByText('Saved as Labels').waitFor();
  await sheet.waitFor({ state: 'hidden' });
  await expect.poll(() => other.page.url()).not.toContain('label-set');

  // Opened where something is written already.
  await page.evaluate((hash) => void (location.hash = hash), new URL(link).hash);
  await field.fill('mine');
  await sheetOf(app).getByRole('button', { name: 'Use' }).click();
  await expect.poll(() => field.inputValue()).toBe(labels);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => field.inputValue()).toBe('mine');

  // A link that was cut short says so.
  await page.evaluate((hash) => void (location.hash = hash), new URL(link).hash.slice(0, -9));
  await page.getByRole('alert').getByText('The link was cut short or changed.').waitFor();
  expect(await field.inputValue()).toBe('mine');
  expect([...app.problems, ...other.problems]).toEqual([]);
  expect(app.egress.requests).toEqual([]);
});

test('labels are saved as a file, and opened by a chooser and by a drop', async () => {
  const app = await open();
  const { page } = app;
  await addSome(page, 2, '2 photos labelled');
  const field = page.getByRole('textbox', { name: 'Labels', exact: true });
  await field.fill('dog\ncat');
  await page.getByRole('button', { name: 'Share' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('Labels.labels.json');
  const buffer = await readFile(await download.path());
  await page
    .getByLabel('Open a set')
    .setInputFiles({ name: 'sea.json', mimeType: 'application/json', buffer });
  await sheetOf(app).getByText('2 labels').waitFor();
  await page.keyboard.press('Escape');

  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['sea\nred, white\n'], 'holiday.txt', { type: 'text/plain' }));
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
  });
  await sheetOf(app).getByRole('heading', { name: 'holiday' }).waitFor();
  await sheetOf(app).getByRole('button', { name: 'Use' }).click();
  await expect.poll(() => field.inputValue()).toBe('sea\n"red, white"');
});
