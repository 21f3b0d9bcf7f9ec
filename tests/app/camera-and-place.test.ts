import { afterEach, expect, test } from 'vitest';
import { openApp, SMALL, type App } from '../helpers/app';

let app: App | undefined;

afterEach(() => app?.close());

test('photos are found by camera and place: in the form, from a photo’s view, and in the line', async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  const files = ['camera.jpg', 'phone.jpg', 'unset-clock.jpg'].map(
    (name) => `tests/fixtures/metadata/${name}`,
  );
  await page.getByLabel('Add photos').setInputFiles(files);
  await page.getByRole('status').getByText('3 photos ready to search').waitFor();
  const photos = page.getByRole('list', { name: 'Photos' }).getByRole('listitem');
  const line = page.getByRole('searchbox', { name: 'Search photos' });

  await page.getByRole('button', { name: 'More', exact: true }).click();
  const camera = page.getByRole('combobox', { name: 'Camera' });
  await camera.selectOption({ label: 'Google Pixel 8 (1)' });
  await expect.poll(() => photos.count()).toBe(1);
  expect(await line.inputValue()).toBe('camera:"google pixel 8"');
  await camera.selectOption({ label: 'All' });
  await expect.poll(() => photos.count()).toBe(3);

  const place = page.getByRole('combobox', { name: 'Place' });
  await place.selectOption({ label: 'Without a position' });
  await expect.poll(() => photos.count()).toBe(2);
  await place.selectOption({ label: 'Near …' });
  const where = page.getByRole('textbox', { name: 'Latitude, longitude' });
  await where.fill('33.86 S');
  await page.getByText('These are not degrees of latitude and longitude.').waitFor();
  await where.fill('33.8 S, 70.5 W');
  await expect.poll(() => line.inputValue()).toBe('near:-33.8,-70.5,10km');
  await expect.poll(() => photos.count()).toBe(1);
  await page.getByRole('combobox', { name: 'Within' }).selectOption({ label: '1 km' });
  await page.getByText('No photo passes the filter.').waitFor();
  await place.selectOption({ label: 'All' });
  await page.keyboard.press('Escape');

  const shown = photos.filter({ has: page.getByRole('img', { name: 'camera.jpg' }) });
  await shown.getByRole('button').first().click();
  const dialog = page.getByRole('dialog', { name: 'camera.jpg' });
  await dialog.getByRole('combobox', { name: 'Photos taken near this one' }).selectOption('100');
  await dialog.waitFor({ state: 'hidden' });
  expect(await line.inputValue()).toBe('near:-33.86,-70.5,100km');
  await expect.poll(() => photos.count()).toBe(1);

  await line.fill('a red picture camera:pixel');
  await page.getByRole('status').getByText('1 result for a red picture').waitFor();
  await page.reload();
  await page.getByRole('status').getByText('1 result for a red picture').waitFor();
  expect(app.problems).toEqual([]);
});
