import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { serveDirectory } from '../../tools/serve.js';
import { ALWAYS_SHOWN } from '../helpers/album';
import { addSome, expectNothingLeft, openApp, OPENS_WITH, SMALL, SMALLEST, type App } from '../helpers/app';
import { dropOnPage } from '../helpers/drop';
import { newLibrary } from '../helpers/new-library';
import { assetOf, copyOfBuild, kept, serveBare, type Site } from '../helpers/site';

let app: App | undefined;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await app?.close();
  app = undefined;
  for (const end of ends.splice(0).reverse()) await end();
});

async function siteAt(below?: string): Promise<Site> {
  const site = await copyOfBuild(below);
  ends.push(site.remove);
  return site;
}

async function serve(root: string, how: (root: string) => ReturnType<typeof serveBare> = serveDirectory) {
  const server = await how(root);
  ends.push(server.close);
  return server;
}

async function open(url: string, query = SMALL): Promise<App> {
  app = await openApp({ webgpu: false, keeps: true, url, query });
  return app;
}

/** Searches `photos` and returns the texts of those results that are always shown: the cosines. */
async function search(page: Page, text: string, photos: number): Promise<string[]> {
  await page.getByRole('searchbox', { name: 'Search photos' }).fill(text);
  await page.getByRole('status').getByText(`${photos} results for ${text}`).waitFor();
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  return (await results.allInnerTexts()).slice(0, ALWAYS_SHOWN);
}

function isolated(page: Page): Promise<boolean> {
  return page.evaluate(() => crossOriginIsolated);
}

/** The addresses that are kept, from the page, with or without digests. */
function keptFiles(page: Page, digests = false): Promise<string[]> {
  return page.evaluate(async (withDigests) => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
    return requests.map(({ url }) => {
      const { origin, pathname, search } = new URL(url);
      const base = new URL('.', document.baseURI).href;
      return (origin + pathname).slice(base.length) + (withDigests ? search : '');
    });
  }, digests);
}

const updateBar = (page: Page) => page.getByRole('region', { name: 'Update' });

describe('after one visit, with the network off', () => {
  test('the page opens, indexes, searches and labels the album, and switches models', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-model-'));
    ends.push(() => rm(folder, { recursive: true }));
    await cp(`static/models/${SMALLEST}`, path.join(folder, 'own-model'), { recursive: true });
    const { root } = await siteAt();
    const server = await serve(root);
    const { page, problems } = await open(server.url, '?backend=wasm');
    await dropOnPage(page, [path.join(folder, 'own-model')]);
    await page.getByRole('status').getByText('own-model ready on WASM').waitFor();
    await page.getByRole('button', { name: 'Try the sample album' }).click();
    await page.getByRole('status').getByText('160 photos ready to search').waitFor();
    const online = await search(page, 'two cats', 160);
    await kept(page);

    await server.close();
    await page.goto(`${server.url}/?backend=wasm`);
    // The album is there still, and the model of the last visit.
    await page.getByRole('status').getByText('own-model ready on WASM').waitFor();
    expect(await isolated(page)).toBe(true);
    // Kept embeddings are rounded.
    const offline = await search(page, 'two cats', 160);
    expect(offline).toHaveLength(online.length);
    for (const [at, cosine] of offline.entries())
      expect(Math.abs(Number(cosine) - Number(online[at]))).toBeLessThan(0.0025);
    // A model that was never fetched cannot be now: the one that works stays.
    await page.getByRole('button', { name: /^Model/ }).click();
    await page.getByRole('radio', { name: /clipscope-s/ }).click();
    await page.getByRole('alert').getByText('clipscope-s').waitFor();
    await page.getByRole('status').getByText('own-model ready on WASM').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Label' }).click();
    // Those that the search leaves.
    await page
      .getByRole('status')
      .getByText(/photos labelled/)
      .waitFor();
    await page.getByRole('button', { name: /^Model/ }).click();
    await page.getByRole('radio', { name: new RegExp(OPENS_WITH) }).click();
    await page.getByRole('status').getByText(`${OPENS_WITH} ready on WASM`).waitFor();
    await page.getByRole('tab', { name: 'Search' }).click();
    // That one has yet to see them.
    expect((await search(page, 'a red apple', 160)).length).toBeGreaterThan(0);
    expectNothingLeft(app!);
    expect(problems).toEqual([]);
  });

  test('it works below a sub-path, and can be installed from there', async () => {
    const { root } = await siteAt('some/path');
    const server = await serve(root);
    const { page } = await open(`${server.url}/some/path`);
    // The model that was chosen before anything was kept is kept, too.
    await page.getByRole('status').getByText(`${SMALLEST} ready on WASM`).waitFor();
    await kept(page);
    const session = await page.context().newCDPSession(page);
    const { url, errors } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    expect(url).toBe(`${server.url}/some/path/manifest.webmanifest`);
    // A browser installs nothing from a window that is off the record.
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

    await server.close();
    await page.goto(`${server.url}/some/path/index.html${SMALL}&tab=label`);
    await page.getByRole('status').getByText(`${SMALLEST} ready on WASM`).waitFor();
    expect(await isolated(page)).toBe(true);
    await addSome(page, 12, '12 photos labelled');
  });
});

test('of the GPU builds the one this browser uses is kept at once, the other when it is first asked for', async () => {
  const { root, dist } = await siteAt();
  const { page } = await open((await serve(root)).url);
  await kept(page);
  const atOnce = await keptFiles(page);
  const [renderer, jspi, asyncify, loader] = await Promise.all([
    assetOf(dist, /^index_bg-.*\.wasm$/),
    assetOf(dist, /\.jspi-.*\.wasm$/),
    assetOf(dist, /\.asyncify-.*\.wasm$/),
    assetOf(dist, /\.asyncify-.*\.mjs$/),
  ]);
  expect(atOnce).toContain(jspi);
  // What draws SVG is kept when there is one.
  expect(atOnce).not.toContain(renderer);
  expect(atOnce).not.toContain(asyncify);
  expect(atOnce).not.toContain(loader);
  expect(await page.evaluate(async (file) => (await fetch(file)).ok, loader)).toBe(true);
  await expect.poll(() => keptFiles(page)).toContain(loader);

  // A part of a file is still a part of it.
  const part = await page.evaluate(async () => {
    const answer = await fetch('models/clipscope-l/open_clip_model.safetensors', {
      headers: { Range: 'bytes=8-15' },
    });
    return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
  });
  expect(part).toEqual({ status: 206, bytes: 8 });
});

describe('a new version', () => {
  const WEIGHTS = `models/${SMALLEST}/open_clip_model.safetensors`;

  /** Whose weights of the smallest model are kept, by their digests. */
  const weights = async (page: Page) =>
    (await keptFiles(page, true))
      .filter((file) => file.startsWith(WEIGHTS))
      .map((file) => file.split('=')[1]);

  /** Puts version 2 in the place of what is served: another title, and no library worker's script any more. */
  async function release({ dist, edit }: Site): Promise<string> {
    const dropped = await assetOf(dist, /^library\.worker-/);
    await edit('index.html', '<title>Clipscope', '<title>Clipscope 2');
    await edit('service-worker.js', /(url:`index\.html`,revision:`)\w/, '$1x');
    await edit('service-worker.js', new RegExp(`(url:\`${WEIGHTS}\`,revision:\`)\\w`), '$1x');
    await edit('service-worker.js', `{url:\`${dropped}\`,revision:null},`, '');
    await rm(path.join(dist, dropped));
    return dropped;
  }

  const lookForUpdate = (page: Page) =>
    page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update();
    });

  test('is announced, can wait until later, waits for a click, and reloads the tab that clicked alone', async () => {
    const site = await siteAt();
    const { url } = await serve(site.root);
    const { page, context } = await open(url);
    await kept(page);
    // Each tab has a library of its own, since only one can have the same photos.
    await addSome(page, 12);
    await newLibrary(page, 12, 'Work');
    const other = await context.newPage();
    await other.goto(`${url}/?backend=wasm`);
    await other.getByRole('button', { name: 'Open My photos' }).click();
    await other.getByRole('status').getByText('ready on WASM').waitFor();
    expect(await updateBar(page).count()).toBe(0);

    const dropped = await release(site);
    await lookForUpdate(page);
    await page.getByRole('status').getByText('A new version is ready').waitFor();
    await updateBar(page).getByRole('button', { name: 'Later' }).click();
    await updateBar(page).waitFor({ state: 'hidden' });
    expect(await page.title()).toBe('Clipscope');
    await page.reload();
    await updateBar(page).waitFor();
    expect(await page.title()).toBe('Clipscope');

    await updateBar(page).getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => page.title()).toBe('Clipscope 2');
    await page.getByRole('status').getByText('ready on WASM').waitFor();
    expect(await updateBar(page).count()).toBe(0);

    // The other tab goes on as it was, with files that only its version has.
    await updateBar(other).waitFor();
    expect(await other.title()).toBe('Clipscope');
    expect((await search(other, 'two cats', 12)).length).toBeGreaterThan(0);
    expect(await other.evaluate(async (file) => (await fetch(file)).ok, dropped)).toBe(true);
    await updateBar(other).getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => other.title()).toBe('Clipscope 2');

    // Once no page of the old version can be open, what only that version had goes: at the next visit, or at the one
    // after where the browser was still closing that page.
    await Promise.all([page.goto('about:blank'), other.close()]);
    await expect
      .poll(async () => {
        await page.goto('about:blank');
        await page.goto(url);
        return keptFiles(page);
      })
      .not.toContain(dropped);
    await page.getByRole('status').getByText(`${SMALLEST} ready on WASM`).waitFor();
    await expect.poll(() => weights(page)).toEqual([expect.stringMatching(/^x/)]);
  });
});

describe('from a host that sends no headers', () => {
  test('the page isolates itself with one reload on the first visit', async () => {
    const { root } = await siteAt('some/path');
    const { url } = await serve(root, serveBare);
    const { page, problems } = await open(`${url}/some/path`);
    let loads = 0;
    page.on('domcontentloaded', () => loads++);
    await expect.poll(() => isolated(page)).toBe(true);
    await page.getByRole('status').getByText('ready on WASM').waitFor();
    expect(loads).toBe(1);
    await addSome(page, 12);
    await search(page, 'two cats', 12);
    const refused = await page.evaluate(() =>
      fetch('https://huggingface.co/api').then(
        () => false,
        () => true,
      ),
    );
    expect(refused).toBe(true);
    expect(problems.filter((problem) => !problem.includes('https://huggingface.co/api'))).toEqual([]);
    expectNothingLeft(app!);
  });

  test('a page with pictures on it is never reloaded unasked', async () => {
    const { root } = await siteAt();
    const { url } = await serve(root, serveBare);
    const { page } = await open(url);
    await addSome(page, 12);
    await updateBar(page).getByText('After a reload this page runs faster').waitFor();
    expect(await isolated(page)).toBe(false);
    expect((await search(page, 'two cats', 12)).length).toBeGreaterThan(0);
    await updateBar(page).getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => isolated(page)).toBe(true);
  });
});
