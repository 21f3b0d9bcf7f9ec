import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint';
import { nodeRuntime } from '../../src/clip/session-node';
import type { Precision } from '../../src/clip/weights/weights';
import { towersOn } from '../../src/engine/loaded-towers';
import { readTowers } from '../../src/engine/model-source';
import { bufferSource, type ByteSource } from '../../src/formats/byte-source';
import { readTensor } from '../../src/formats/safetensors';
import { makeCheckpoint, type ModelConfig } from '../../tools/make-checkpoint';
import { OPENS_WITH, type App } from '../helpers/app';
import { dropOnPage } from '../helpers/drop';
import {
  chooseHub,
  downloadLine,
  fetchModel,
  look,
  openHubSite,
  openModels,
  storedFile,
  storedFiles,
  type HubSite,
} from '../helpers/hub-app';
import { newLibrary } from '../helpers/new-library';

const TINY = 'static/models/clipscope-s';
const WEIGHTS = /^\/repos\/.*\.safetensors$/;

let site: HubSite;
let app: App;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clipscope-models-'));
  site = await openHubSite();
  await site.hub.add('clipscope/tiny', TINY);
});
afterEach(async () => {
  await app.close();
  await site.close();
  await rm(folder, { recursive: true });
});

async function open(): Promise<Page> {
  app = await site.open();
  return app.page;
}

async function openStorage(page: Page): Promise<void> {
  if (await page.getByRole('dialog', { name: 'Storage' }).isVisible()) return;
  if (!(await page.getByRole('dialog', { name: 'Models' }).isVisible())) await openModels(page);
  await page.getByRole('button', { name: 'Storage', exact: true }).click();
  await page.getByRole('dialog', { name: 'Storage' }).waitFor();
}

/** Both towers' rows of one picture and one text, in Node. */
async function rowsOf(config: string, weights: ByteSource, precision: Precision): Promise<number[]> {
  const source = await readTowers({ id: 'saved', name: 'saved', precision }, { config, weights });
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
  const towers = towersOn({ backend: 'wasm', runtime, device: '1 thread' }, source, true);
  const { vision, text } = source.architecture;
  const [height, width] = vision.imageSize;
  const pixels = Float32Array.from({ length: 3 * height * width }, (_, at) => Math.sin(at));
  const ids = new Int32Array(text.contextLength).fill(7);
  ids[text.contextLength - 1] = text.vocabSize - 1;
  const image = await (await towers.image()).encode(pixels, 1);
  const rows = [...image, ...(await (await towers.text()).encode(ids, 1))];
  await towers.release();
  return rows;
}

describe('a converted checkpoint that is saved', () => {
  test.each([
    ['fp16-storage', 'fp16'],
    ['q8', 'fp32'],
  ] as const)('from %s as %s loads again, with the same embeddings', async (precision, saved) => {
    const page = await open();
    // The browser's own picker cannot be driven: it hands over a true folder, of the private kind.
    await page.evaluate(() => {
      Object.assign(window, {
        showDirectoryPicker: async () =>
          (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true }),
      });
    });
    await chooseHub(page, site.hub.url);
    await fetchModel(page, 'clipscope/tiny', precision);
    await page.getByRole('status').getByText('tiny ready on WASM').waitFor();
    await openStorage(page);
    await page.getByRole('button', { name: 'Save tiny as OpenCLIP checkpoint' }).click();
    await page.getByRole('button', { name: `Save tiny in ${saved}` }).click();
    await page
      .getByRole('status')
      .getByText(/^tiny saved in picked\//)
      .waitFor();

    const [own = ''] = (await storedFiles(page, 'picked')).filter((name) => name.endsWith('.safetensors'));
    const [, id = ''] = own.split('/');
    const file = async (name: string) => storedFile(page, 'picked', id, name);
    const text = async (name: string) => Buffer.from(await file(name)).toString('utf8');
    expect(await text('tokenizer.json')).toBe(await readFile(`${TINY}/tokenizer.json`, 'utf8'));
    const config = await text('open_clip_config.json');
    expect(config).toBe(await readFile(`${TINY}/open_clip_config.json`, 'utf8'));

    const source = bufferSource(Uint8Array.from(await file('open_clip_model.safetensors')));
    const checkpoint = await readCheckpoint(config, source);
    const original = bufferSource(await readFile(`${TINY}/open_clip_model.safetensors`));
    const before = await readCheckpoint(config, original);
    expect(checkpoint.logitScale).toBeCloseTo(before.logitScale, 4);
    const rows = await rowsOf(config, source, 'fp32');
    const expected = await rowsOf(config, original, precision);
    expect(Math.max(...rows.map((value, at) => Math.abs(value - (expected[at] ?? NaN))))).toBeLessThan(2e-5);
    if (precision !== 'fp16-storage') return;
    for (const [name, info] of before.tensors.image) {
      if (info.shape.length < 2 || info.dtype !== 'F16') continue;
      const there = checkpoint.tensors.image.get(name);
      expect(there && (await readTensor(source, there)), name).toEqual(await readTensor(original, info));
    }
  });
});

test('weights alone are opened from their shapes, with a tokenizer of a kept model or a chosen one', async () => {
  const alone = path.join(folder, 'lone.safetensors');
  await copyFile(`${TINY}/open_clip_model.safetensors`, alone);
  const page = await open();
  await dropOnPage(page, [alone]);
  const sheet = page.getByRole('dialog', { name: 'About these weights' });
  await sheet.getByLabel('Attention heads of the image tower').selectOption('4');
  await sheet.getByRole('button', { name: 'Open this checkpoint' }).click();
  await sheet.getByRole('alert').getByText('no kept model has one of 2,048 tokens').waitFor();
  await sheet.locator('input[type=file]').setInputFiles(`${TINY}/tokenizer.json`);
  await sheet.getByRole('button', { name: 'Open this checkpoint' }).click();
  await page.getByRole('status').getByText('lone ready on WASM').waitFor();
});

test('a folder on any server is used by its address', async () => {
  const page = await open();
  await openStorage(page);
  const storage = page.getByRole('dialog', { name: 'Storage' });
  await storage.getByLabel('Use from a URL').fill(`${site.hub.url}/folder/clipscope/tiny`);
  await storage.getByRole('button', { name: 'Look' }).click();
  await storage.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('status').getByText('tiny ready on WASM').waitFor();
  site.expectOnlyHub(app);
});

test('a disk that is full ends a download by name, and it goes on once there is room', async () => {
  const page = await open();
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 5_000_000 });
  await chooseHub(page, site.hub.url);
  await fetchModel(page, 'clipscope/tiny');
  await page
    .getByRole('alert')
    .getByText(/needs [\d,]+ more bytes: storage is full/)
    .waitFor();
  expect(await storedFiles(page, 'models')).toEqual([]);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await downloadLine(page, 'tiny').getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('status').getByText('tiny ready on WASM').waitFor();
});

test('without a network a download says so, and goes on by itself once there is one', async () => {
  const page = await open();
  await chooseHub(page, site.hub.url);
  await look(page, 'clipscope/tiny');
  await page.getByText(/^Commit [0-9a-f]{12}$/).waitFor();
  await app.context.setOffline(true);
  const models = page.getByRole('dialog', { name: 'Models' });
  await models.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('alert').getByText('This device is offline.').waitFor();
  await app.context.setOffline(false);
  await page.getByRole('status').getByText('tiny ready on WASM').waitFor();
});

test('of two tabs one downloads a model, the other says so; afterwards both have it', async () => {
  const held = site.hub.fault(WEIGHTS, { kind: 'hold', after: 1_000_000 });
  const first = await open();
  // Each has a library of its own, since only one tab can have the same photos.
  await dropOnPage(first, [path.resolve('static/album/album-002.webp')]);
  await first.getByRole('status').getByText('1 photo ready to search').waitFor();
  await newLibrary(first, 1, 'Work');
  await chooseHub(first, site.hub.url);
  await fetchModel(first, 'clipscope/tiny');
  await expect.poll(() => held.hits).toBeGreaterThan(0);

  const second = await app.context.newPage();
  await second.goto(first.url());
  await second.getByRole('button', { name: 'Open My photos' }).click();
  await second.getByRole('status').getByText('clipscope-s ready on WASM').waitFor();
  await openModels(second);
  await fetchModel(second, 'clipscope/tiny');
  await second.getByRole('alert').getByText('Another tab is downloading this model').waitFor();
  // What the second tab can still do: use what is kept, and download anything else.
  await dropOnPage(second, [path.resolve('static/album/album-001.webp')]);
  await second.getByRole('status').getByText('2 photos ready to search').waitFor();

  held.release();
  await first.getByRole('status').getByText('tiny ready on WASM').waitFor();
  await downloadLine(second, 'tiny').getByRole('button', { name: 'Try again' }).click();
  await second.getByRole('status').getByText('tiny ready on WASM').waitFor();
  expect(await storedFiles(first, 'downloads')).toEqual([]);
  expect((await storedFiles(first, 'models')).filter((name) => name.endsWith('manifest.json'))).toHaveLength(
    1,
  );

  // Removed in one tab, it goes on in the other until that is reloaded.
  await openStorage(first);
  await first.getByRole('button', { name: 'Delete tiny' }).click();
  await first
    .getByRole('button', { name: /^Delete/ })
    .first()
    .click();
  await expect.poll(() => storedFiles(first, 'models')).toEqual([]);
  await second.getByRole('searchbox', { name: 'Search photos' }).fill('a bicycle');
  await second.getByRole('status').getByText('2 results for a bicycle').waitFor();
});

test('a model that was deleted and comes back with other weights keeps nothing of the old ones', async () => {
  const page = await open();
  await dropOnPage(page, [path.resolve('static/album/album-001.webp')]);
  await page.getByRole('status').getByText('1 photo ready to search').waitFor();
  const cosine = async () => {
    // What is said of an earlier search must not be taken for this one.
    for (const text of ['two cats', 'a bicycle']) {
      await page.getByRole('searchbox', { name: 'Search photos' }).fill(text);
      await page.getByRole('status').getByText(`1 result for ${text}`).waitFor();
    }
    return page.getByRole('list', { name: 'Results' }).getByRole('listitem').innerText();
  };
  /** A folder's address names no version, so that both have one id. */
  const fetchFolder = async () => {
    await openStorage(page);
    const storage = page.getByRole('dialog', { name: 'Storage' });
    await storage.getByLabel('Use from a URL').fill(`${site.hub.url}/folder/clipscope/tiny`);
    await storage.getByRole('button', { name: 'Look' }).click();
    await storage.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('status').getByText('tiny ready on WASM').waitFor();
  };
  await fetchFolder();
  const id = new URL(page.url()).searchParams.get('model');
  const before = await cosine();

  await openStorage(page);
  await page.getByRole('button', { name: 'Delete tiny' }).click();
  await page.getByRole('button', { name: 'Delete tiny for good' }).click();
  await page.getByRole('status').getByText(`${OPENS_WITH} ready on WASM`).waitFor();
  const other = path.join(folder, 'other');
  const config = JSON.parse(await readFile(`${TINY}/open_clip_config.json`, 'utf8')) as ModelConfig;
  await makeCheckpoint(config, other, { tokenizer: `${TINY}/tokenizer.json` });
  await site.hub.add('clipscope/tiny', other);
  await fetchFolder();
  expect(new URL(page.url()).searchParams.get('model')).toBe(id);
  const after = await cosine();
  expect(after).not.toBe(before);

  // What was kept of it is of the new weights too.
  await page.reload();
  await page.getByRole('status').getByText('tiny ready on WASM').waitFor();
  expect(await cosine()).toBe(after);
});
