import { parquetReadObjects } from 'hyparquet';
import { afterEach, expect, test } from 'vitest';
import { NPY_HEADER_BYTES, npyHeader } from '../../src/formats/npy';
import { float16ToFloat32 } from '../../src/formats/float16';
import { norm } from '../../src/core/vectors';
import { addSome, expectNothingLeft, openApp, SMALL, SMALLEST, type App } from '../helpers/app';
import { violations } from '../helpers/axe';
import { storedFile } from '../helpers/hub-app';

let app: App | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

test('embeddings are saved into a folder, and opened from there give what the library gives', async () => {
  app = await openApp({ webgpu: false, query: SMALL });
  const { page } = app;
  // The browser's own picker cannot be driven: it hands over a true folder, of the private kind.
  await page.evaluate(() => {
    Object.assign(window, {
      showDirectoryPicker: async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true }),
    });
  });
  await addSome(page, 4);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Export embeddings' }).click();
  const sheet = page.getByRole('dialog', { name: 'Export embeddings' });
  expect(await violations(page), 'export').toEqual([]);
  await sheet.getByRole('button', { name: 'Save into a folder' }).click();
  const folder = `embeddings ${SMALLEST}`;
  await page.getByRole('status').getByText(`4 embeddings saved in picked/${folder}`).waitFor();

  const file = async (...path: string[]) =>
    Uint8Array.from(await storedFile(page, 'picked', folder, ...path));
  const numbers = await file('img_emb', 'img_emb_0.npy');
  const rows = float16ToFloat32(new Uint16Array(numbers.buffer, NPY_HEADER_BYTES));
  const dim = rows.length / 4;
  expect(numbers.slice(0, NPY_HEADER_BYTES)).toEqual(npyHeader(4, dim));
  for (let row = 0; row < 4; row++) expect(norm(rows.subarray(row * dim, (row + 1) * dim))).toBeCloseTo(1, 3);
  const metadata = await file('metadata', 'metadata_0.parquet');
  expect(await parquetReadObjects({ file: metadata.buffer })).toMatchObject(
    [1, 2, 3, 4].map((number) => ({ image_path: `album-00${number}.webp` })),
  );

  await page.keyboard.press('Escape');
  const names = async (list: string) =>
    page
      .getByRole('list', { name: list })
      .getByRole('img')
      .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).alt));
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText('4 results for two cats').waitFor();
  const own = await names('Results');

  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Embeddings', exact: true }).click();
  await page.getByRole('button', { name: 'Open a folder of embeddings' }).click();
  await page.getByText(`4 embeddings of ${dim} numbers`).waitFor();
  await page.getByRole('searchbox', { name: 'Search these embeddings' }).fill('two cats');
  await page.getByRole('status').getByText('The nearest 4 rows for two cats').waitFor();
  expect(await names('Found embeddings')).toEqual(own);
  expect(await violations(page), 'embeddings').toEqual([]);
  expect(app.problems).toEqual([]);
  expectNothingLeft(app);
});
