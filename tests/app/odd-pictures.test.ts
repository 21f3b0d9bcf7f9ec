import { rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { expectNothingLeft, openApp, SMALL, type App } from '../helpers/app';
import { dropOnPage, makeNamedFolder, makeOddFolder } from '../helpers/drop';

let app: App | undefined;
let folder: string | undefined;
afterEach(async () => {
  await app?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
  [app, folder] = [undefined, undefined];
});

/** What no browser can make a picture of. */
const UNREADABLE = ['cut-in-header.jpg', 'empty.jpg', 'text.jpg', 'truncated.jpg'];

test('of 200 files dropped at once what can be read is indexed, and the rest is listed by name and reason', async () => {
  const made = await makeOddFolder(200);
  folder = made.folder;
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  await page.getByRole('status').getByText('ready on WASM').waitFor();
  await dropOnPage(page, made.files);
  const skipped = page.getByRole('list', { name: 'Skipped photos' }).getByRole('listitem');
  await expect.poll(() => skipped.count(), { timeout: 120_000 }).toBe(UNREADABLE.length);
  await page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor({ state: 'hidden' });
  const lines = (await skipped.allInnerTexts()).sort();
  for (const [at, name] of UNREADABLE.entries()) expect(lines[at]).toMatch(new RegExp(`^${name}\\s+\\S+`));

  await page.getByRole('searchbox', { name: 'Search photos' }).fill('a guitar');
  await page
    .getByRole('status')
    .getByText(`${200 - UNREADABLE.length} results for a guitar`)
    .waitFor();
  // Without a question nothing is below the usual cut.
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('');
  await page.getByRole('list', { name: 'Photos', exact: true }).waitFor();
  for (const name of made.odd.filter((file) => !UNREADABLE.includes(file))) {
    expect(await page.getByRole('img', { name, exact: true }).count(), name).toBe(1);
  }

  // The handles of directories leave out the last three, one of them with its folder.
  const names = ['plain.webp', 'a:b.webp', ' "quoted".webp', '\u{1f469}\u200d\u{1f467}/1.webp'];
  await dropOnPage(page, [await makeNamedFolder(folder, names)]);
  await page
    .getByRole('status')
    .getByText(`${200 - UNREADABLE.length + names.length} photos ready to search`)
    .waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  expectNothingLeft(app);
});
