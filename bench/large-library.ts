import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../tests/helpers/chromium';
import { makePhotos, type Size } from './photos';

/** What people's photos are shaped like, in pixels. Large enough for each file to be given a thumbnail. */
const SIZES: readonly Size[] = [
  ...([
    [900, 675],
    [900, 600],
    [675, 900],
    [900, 675],
  ] as const),
  ...([
    [900, 506],
    [600, 900],
    [800, 800],
  ] as const),
];

/** Records written at a time. */
const BATCH = 5000;

/**
 * Has the page itself, served at `url`, index `contents` photos in a browser with `profile`, then multiplies their
 * records to `count` photos in the library's database: a content's thumbnail and row are those of all its photos.
 */
// Why files given one by one: a folder would be read again on the next visit and its missing files forgotten.
export async function makeLargeLibrary(
  url: string,
  profile: string,
  { count, contents }: { readonly count: number; readonly contents: number },
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-photos-'));
  const app = await launchChromium(url, { webgpu: false, persistentDir: profile });
  try {
    const files = await makePhotos(folder, contents, (number) => SIZES[number % SIZES.length]!);
    const page = app.context.pages()[0] ?? (await app.context.newPage());
    page.setDefaultTimeout(300_000);
    await page.goto(`${url}/?backend=wasm`);
    await page.getByLabel('Add photos').setInputFiles(files);
    await page.getByRole('status').getByText(`${contents} photos ready to search`).waitFor();
    // A page of the same site that leaves the library alone.
    await page.goto(`${url}/credits.html`);
    await multiplyRecords(page, count);
  } finally {
    await app.close();
    await rm(folder, { recursive: true });
  }
}

/** Gives the photos of the site's library copies of other names, until there are `count`. */
async function multiplyRecords(page: Page, count: number): Promise<void> {
  await page.evaluate(
    async ({ total, batch }) => {
      const databases = await indexedDB.databases();
      const library = databases.find(({ name }) => name?.startsWith('clipscope library '));
      const opening = indexedDB.open(library!.name!);
      await new Promise((resolve) => (opening.onsuccess = resolve));
      const database = opening.result;
      const reading = database.transaction('photos').objectStore('photos').getAll();
      await new Promise((resolve) => (reading.onsuccess = resolve));
      const photos = reading.result as { readonly path: string }[];
      for (let id = photos.length; id < total;) {
        const writing = database.transaction('photos', 'readwrite');
        for (const end = Math.min(total, id + batch); id < end; id++) {
          const photo = photos[id % photos.length]!;
          writing.objectStore('photos').put({ ...photo, id, path: `copy-${id}-of-${photo.path}` });
        }
        await new Promise((resolve) => (writing.oncomplete = resolve));
      }
      database.close();
    },
    { total: count, batch: BATCH },
  );
}
