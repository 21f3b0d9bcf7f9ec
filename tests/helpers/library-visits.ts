/** Visits to one library, each in a browser of its own over the same profile on the disk. */
import type { Page } from 'playwright-core';
import { launchChromium, type Chromium } from './chromium';
import { countRecords, givePicker, movePhotos, pathOf, writePhotos } from './photo-folder';

/** Numbers a row of the built-in model has. */
const DIM = 128;

export interface CrashCounts {
  /** Photos the page said were indexed when the browser was killed, over all visits. */
  readonly acknowledged: readonly number[];
  /** Rows in the index when the visit after each of these kills began. */
  readonly found: readonly number[];
  /** Rows in the index once all are indexed: one a photo, unless something was embedded twice. */
  readonly rows: number;
}

export interface RescanCounts {
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** What the page said of them. */
  readonly said: string;
}

interface Visit extends Chromium {
  readonly page: Page;
}

async function visit(url: string, profile: string): Promise<Visit> {
  const browser = await launchChromium(new URL(url).origin, {
    webgpu: false,
    persistentDir: profile,
    context: { serviceWorkers: 'block' },
  });
  await givePicker(browser.context);
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  page.setDefaultTimeout(120_000);
  await page.goto(`${url}/?backend=wasm&model=clipscope-s`);
  return { ...browser, page };
}

function bar({ page }: Visit) {
  return page.getByRole('progressbar', { name: 'Indexing photos' });
}

/** Waits until all of `count` photos are indexed. */
async function finish(app: Visit, count: number): Promise<void> {
  await app.page
    .getByRole('status')
    .getByText(new RegExp(`${count.toLocaleString('en')} photos ready`))
    .waitFor();
}

/** Makes the folder in a first visit. */
export async function makeFolder(url: string, profile: string, count: number): Promise<void> {
  const app = await visit(url, profile);
  try {
    await writePhotos(
      app.page,
      Array.from({ length: count }, (_, number) => pathOf(number)),
      0,
    );
  } finally {
    await app.close();
  }
}

/**
 * Adds the folder and kills the browser `kills` times, each time once some more photos are indexed; a search is asked
 * in each visit meanwhile, and its answer seen in the last, which is let end.
 */
export async function indexThroughCrashes(
  url: string,
  profile: string,
  count: number,
  kills: number,
): Promise<CrashCounts> {
  const acknowledged: number[] = [];
  const found: number[] = [];
  for (let at = 0; ; at++) {
    const app = await visit(url, profile);
    const { page } = app;
    if (at === 0) {
      await page.getByRole('button', { name: 'Add folder' }).first().click();
    }
    await bar(app).waitFor();
    if (at > 0) found.push(await countRecords(page, DIM));
    const search = page.getByRole('searchbox', { name: 'Search photos' });
    if (at === kills) {
      await search.fill('a red apple');
      await page.getByRole('list', { name: 'Results' }).getByRole('listitem').first().waitFor();
      // Not by what is said at its end: that is talked over where the search is cleared after it.
      await bar(app).waitFor({ state: 'detached' });
      await search.fill('');
      const rows = await countRecords(page, DIM);
      await app.close();
      return { acknowledged, found, rows };
    }
    await search.fill('a red apple');
    // Half of what would leave nothing to the last visit: some more are done before the kill.
    const share = Math.floor((count / (2 * (kills + 1))) * Math.random());
    const reached = await page.waitForFunction(
      (least) => {
        const done = document
          .querySelector('[role=progressbar][aria-valuenow]')
          ?.getAttribute('aria-valuenow');
        return Number(done) >= least && Number(done);
      },
      Math.max(1, share),
    );
    const done = Number(await reached.jsonValue());
    await app.kill();
    acknowledged.push(done);
  }
}

/** Changes the folder by ten of each kind and looks again. */
export async function rescan(url: string, profile: string, count: number): Promise<RescanCounts> {
  const app = await visit(url, profile);
  const { page } = app;
  try {
    await page.getByRole('status').getByText('ready on WASM').waitFor();
    const rowsBefore = await countRecords(page, DIM);
    const tens = (from: number) => Array.from({ length: 10 }, (_, i) => pathOf(from + i));
    await movePhotos(page, tens(0));
    await movePhotos(page, tens(10), (path) => path.replace('photo-', 'renamed-'));
    await writePhotos(page, tens(20), 5_000_000);
    await writePhotos(page, tens(count), 6_000_000);
    await page
      .getByRole('button', { name: /photos$/ })
      .first()
      .click();
    // What was found is said for a moment only.
    await page.evaluate(() => {
      const status = document.querySelector('[role=status]')!;
      const said: string[] = [];
      Object.assign(window, { said });
      new MutationObserver(() => said.push(status.textContent)).observe(status, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    await page.getByRole('button', { name: 'Look again' }).click();
    await finish(app, count);
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    return {
      rowsBefore,
      rowsAfter: await countRecords(page, DIM),
      said: said.find((text) => text.includes('already here')) ?? '',
    };
  } finally {
    await app.close();
  }
}
