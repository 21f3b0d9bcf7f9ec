import { afterEach, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';
import { violations } from '../helpers/axe';

let app: App | undefined;

afterEach(() => app?.close());

test('a search is saved, found again after a reload, renamed and deleted by keyboard, with undo', async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  await addSome(page, 3);
  const line = page.getByRole('searchbox', { name: 'Search photos' });
  await line.fill('a dog');
  await page.getByRole('combobox', { name: 'Order' }).selectOption({ label: 'Newest first' });
  await page.getByRole('button', { name: 'Saved searches' }).click();
  const sheet = page.getByRole('dialog', { name: 'Saved searches' });
  await sheet.getByText('a dog · newest first').waitFor();
  await sheet.getByRole('textbox', { name: 'Name of this search' }).fill('dogs');
  await page.keyboard.press('Enter');
  const rows = sheet.getByRole('list', { name: 'Your searches' }).getByRole('listitem');
  await expect.poll(() => rows.count()).toBe(1);
  expect(await violations(page)).toEqual([]);

  await page.goto(page.url().split('#')[0]!);
  const photos = page.getByRole('list', { name: 'Photos' }).getByRole('listitem');
  await expect.poll(() => photos.count()).toBe(3);
  await page.getByRole('button', { name: 'Saved searches' }).click();
  await rows.getByRole('button', { name: /^dogs/ }).press('Enter');
  await expect.poll(() => line.inputValue()).toBe('a dog');
  await expect.poll(() => page.url()).toContain('order=newest');

  await rows.getByRole('button', { name: /^dogs/ }).press('F2');
  await page.keyboard.type('all dogs');
  await page.keyboard.press('Enter');
  await rows.getByRole('button', { name: /^all dogs/ }).press('Delete');
  await expect.poll(() => rows.count()).toBe(0);
  await sheet.getByRole('button', { name: 'Undo' }).click();
  await rows.getByRole('button', { name: /^all dogs/ }).waitFor();
  expect(app.problems).toEqual([]);
});
