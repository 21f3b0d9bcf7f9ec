/**
 * The memory that each model of a comparison takes and gives back when it is removed, in resident bytes of the page's
 * process: the three built-in sizes and a ViT-B/32 of random weights, in full precision, on wasm.
 * `npm run bench -- compare-memory`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { BUILT_IN_MODELS } from '../src/clip/built-in';
import { addSome } from '../tests/helpers/app';
import { launchChromium } from '../tests/helpers/chromium';
import { dropOnPage } from '../tests/helpers/drop';
import { makeCheckpoint } from '../tools/make-checkpoint';
import { serveDist } from '../tools/start.js';
import { watchMemory } from './renderer-memory';
import { writeResult } from './result';

const LARGER = 'ViT-B-32';
const PHOTOS = 8;
const NAMES = [...BUILT_IN_MODELS.map(({ name }) => name), LARGER];

/** Time for a browser to give back what nobody uses, in milliseconds. */
const REST = 10_000;

const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-compare-'));
const server = await serveDist({ port: 0 });
const checkpoint = path.join(folder, LARGER);
await makeCheckpoint(LARGER, checkpoint, { tokenizer: 'static/models/clipscope-s/tokenizer.json' });
const app = await launchChromium(server.url, { webgpu: false, persistentDir: path.join(folder, 'profile') });
try {
  const browser = app.context.browser();
  if (browser === null) throw new Error('The context has no browser');
  const page = app.context.pages()[0] ?? (await app.context.newPage());
  page.setDefaultTimeout(300_000);
  await page.goto(`${server.url}/?backend=wasm`);
  await keepLarger(page);
  await addSome(page, PHOTOS);
  await page.getByRole('tab', { name: 'Compare' }).click();
  const memory = await watchMemory(browser);
  const rested = async () => {
    await page.waitForTimeout(REST);
    return memory.now();
  };
  const before = await rested();
  const added: Record<string, number> = {};
  const removed: Record<string, number> = {};
  let last = before;
  for (const [at, name] of NAMES.entries()) {
    await add(page, name, at);
    const now = await rested();
    added[name] = now - last;
    last = now;
  }
  const all = last;
  for (const name of NAMES.toReversed()) {
    await page.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
    const now = await rested();
    removed[name] = last - now;
    last = now;
  }
  await memory.stop();
  const figures = { photos: PHOTOS, before, withAll: all, afterwards: last, added, givenBack: removed };
  await writeResult('compare-memory', browser.version(), { bytes: figures });
} finally {
  await app.close();
  await server.close();
  await rm(folder, { recursive: true });
}

/** Opens the larger model, which keeps it on this device, and goes back to the page's usual one. */
async function keepLarger(page: Page): Promise<void> {
  const ready = (name: string) => page.getByRole('status').getByText(`${name} ready on WASM`).waitFor();
  const [usual] = BUILT_IN_MODELS;
  await ready(usual.name);
  await dropOnPage(page, [checkpoint]);
  await ready(LARGER);
  await page.getByRole('button', { name: /^Model/ }).click();
  await page.getByRole('radio', { name: usual.name }).click();
  await ready(usual.name);
  await page.keyboard.press('Escape');
}

async function add(page: Page, name: string, place: number): Promise<void> {
  if (place > 1) await page.getByRole('button', { name: 'Add a model' }).click();
  await page.getByRole('combobox', { name: 'Model to compare' }).selectOption({ label: name });
  await page.getByRole('button', { name: 'Add to the comparison' }).click();
  await page.getByRole('status').getByText(`${name} has looked at ${PHOTOS} photos`).waitFor();
  if (place > 1 && place < NAMES.length - 1) await page.getByRole('button', { name: 'Add a model' }).click();
}
