/**
 * What true sizes take: checkpoints of random weights, downloaded from a hub on this machine, verified and kept in 8 bits
 * at once, then loaded and used on wasm, in a real Chromium. `npm run full-size -- [ARCHITECTURE …]`; only a run of all
 * of them writes `bench/results/full-size.json`. Fails where one of the ceilings is reached.
 */
import { cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Page } from 'playwright-core';
import { readArchitecture } from '../src/clip/architecture';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { fits, footprintOf, modelSizeOf } from '../src/clip/footprint';
import { PRECISIONS } from '../src/clip/weights/weights';
import { launchChromium } from '../tests/helpers/chromium';
import { dropOnPage } from '../tests/helpers/drop';
import { openTestHub } from '../tests/helpers/hub';
import { ensureBuilt, root } from '../tools/build.js';
import { makeCheckpoint, MODEL_CONFIGS } from '../tools/make-checkpoint';
import { serveDirectory } from '../tools/serve.js';
import { failuresOf, megabytes } from './ceilings';
import { watchMemory, type RendererMemory } from './renderer-memory';
import { median, spread, writeResult } from './result';

const MODELS = ['ViT-B-32', 'ViT-B-16', 'ViT-L-14', 'ViT-H-14'];
const BUILT_IN = 'clipscope-s';

/** The model that must stay below `MOST_MEMORY` while it is loaded and used. */

/** Why the first is left out: memory is set aside in it. */
const PICTURES = ['001', '002', '003', '004', '005', '006', '007', '008'].map((number) =>
  path.join(root, `static/album/album-${number}.webp`),
);
const TEXTS = ['a bicycle', 'two cats', 'a red boat', 'snow on a hill', 'a cup of tea', 'people dancing'];

/** Times of one thing done several times, in seconds. */
interface Times {
  readonly median: number;
  readonly spread: number;
  readonly first: number;
  readonly values: readonly number[];
}

/** A call of the page to a worker that was answered. */
interface WorkerCall {
  readonly seconds: number;
  /** What it threw. */
  readonly error?: string;
  /** The id and the bytes of a model that was fetched. */
  readonly id?: string;
  readonly bytes?: number;
}

/** Runs in the page, before it: notes what every call to a worker takes, from the page's message to the answer. */
const NOTE_CALLS = `
  globalThis.workerCalls = {};
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.type === 'APPLY') {
      const began = performance.now();
      const name = message.path.at(-1);
      this.addEventListener('message', function hear({ data }) {
        if (data?.id !== message.id) return;
        this.removeEventListener('message', hear);
        const { id, bytes } = Object(data.value);
        const error = data.name === 'throw' ? data.value.value?.message : undefined;
        const seconds = (performance.now() - began) / 1000;
        (workerCalls[name] ??= []).push({ seconds, error, id, bytes });
      });
    }
    return postMessage.call(this, message, ...rest);
  };`;

const asked = process.argv.slice(3);
const names = asked.length === 0 ? MODELS : asked;
const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-full-size-'));
const hub = await openTestHub();
// A copy: building the page anew meanwhile would take away what it has yet to load.
const site = path.join(folder, 'site');
await cp(await ensureBuilt({ log: say }), site, { recursive: true });
const server = await serveDirectory(site, { hosts: [hub.url, hub.cdn] });
let version = '';
try {
  const figures = [];
  for (const name of names) figures.push(await measure(name));
  console.table(Object.fromEntries(figures.map((one) => [one.architecture, tableRow(one)])));
  tellOfBigG();
  if (asked.length === 0) await writeResult('full-size', version, { precision: 'q8', models: figures });
  else console.log(JSON.stringify(figures, null, 2));
  for (const failure of figures.flatMap(failuresOf)) {
    console.error(failure);
    process.exitCode = 1;
  }
} finally {
  await Promise.all([server.close(), hub.close()]);
  await rm(folder, { recursive: true, force: true });
}

type Figures = Awaited<ReturnType<typeof measure>>;

async function measure(architecture: string) {
  const [checkpoint, profile] = ['checkpoint', 'profile'].map((kind) =>
    path.join(folder, `${kind}-${architecture}`),
  ) as [string, string];
  say(`${architecture}: making the checkpoint`);
  const downloadBytes = await makeCheckpoint(architecture, checkpoint, { tokenizer: await findTokenizer() });
  await hub.add(`made/${architecture}`, checkpoint);
  await mkdir(profile);
  try {
    say(`${architecture}: downloading`);
    const ingest = await withPage(profile, (page, memory) => download(page, memory, architecture));
    await rm(checkpoint, { recursive: true });
    say(`${architecture}: loading and embedding`);
    const use = await withPage(profile, (page, memory) => load(page, memory, architecture));
    return { architecture, downloadBytes, ...ingest, ...use };
  } finally {
    await rm(profile, { recursive: true });
  }
}

/** OpenAI's own where a machine has it, else the built-in model's. */
async function findTokenizer(): Promise<string> {
  const shared = process.env['CLIPSCOPE_SHARED'] ?? path.join(root, '../shared');
  const whole = path.join(shared, 'tokenizer/clip-tokenizer.json');
  const there = await stat(whole).catch(() => undefined);
  return there ? whole : path.join(root, 'static/models', BUILT_IN, CHECKPOINT_FILES.tokenizer);
}

/** A browser of its own with storage on the disk, the built-in model ready. */
async function withPage<T>(
  profile: string,
  use: (page: Page, memory: RendererMemory) => Promise<T>,
): Promise<T> {
  const opened = await launchChromium(server.url, { webgpu: false, persistentDir: profile });
  try {
    const browser = opened.context.browser();
    if (browser === null) throw new Error('The context has no browser');
    version = browser.version();
    const page = opened.context.pages()[0] ?? (await opened.context.newPage());
    page.setDefaultTimeout(1_800_000);
    await page.addInitScript({ content: NOTE_CALLS });
    await page.goto(`${server.url}/?backend=wasm`);
    await ready(page, BUILT_IN);
    await settle(page);
    const memory = await watchMemory(browser);
    try {
      return await use(page, memory);
    } finally {
      await memory.stop();
    }
  } finally {
    await opened.close();
  }
}

/** Downloads, verifies and keeps the model in 8 bits. */
async function download(page: Page, memory: RendererMemory, architecture: string) {
  const idle = await memory.now();
  await page.getByRole('button', { name: /^Model/ }).click();
  await page.getByText('Advanced', { exact: true }).click();
  await page.getByLabel('Hub address').fill(hub.url);
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await page.getByRole('status').getByText('Models come from').waitFor();
  await page.getByLabel('Any repository on the hub').fill(`made/${architecture}`);
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  const form = page
    .locator('form')
    .filter({ has: page.getByRole('button', { name: 'Download', exact: true }) });
  const precision = await form.getByRole('option', { name: /^8 bits/ }).getAttribute('value');
  await form.getByLabel('Keep it in').selectOption(precision);
  await memory.forget();
  const { seconds, bytes = NaN } = await nextCall(page, 'fetchModel', async () => {
    await form.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('progressbar', { name: new RegExp(architecture) }).waitFor();
    // A person who chooses a model meanwhile keeps it: the new one is not loaded at the end, which would count here.
    await page.getByRole('button', { name: /^Model/ }).click();
    await page.getByRole('radio', { name: BUILT_IN }).dispatchEvent('change');
    await ready(page, BUILT_IN);
  });
  const peak = await memory.peak();
  return {
    keptBytes: bytes,
    ingestSeconds: seconds,
    idleMemory: idle,
    ingestPeakMemory: peak,
    ingestGrowth: peak - idle,
  };
}

/** Loads the kept model, embeds pictures and texts one by one, and goes back to the built-in model. */
async function load(page: Page, memory: RendererMemory, architecture: string) {
  await memory.forget();
  const choose = async (name: string) => {
    await page.getByRole('button', { name: /^Model/ }).click();
    await page.getByRole('radio', { name }).click();
  };
  const { seconds: loadSeconds } = await nextCall(page, 'load', () => choose(architecture));
  await ready(page, architecture);
  const loadPeakMemory = await memory.peak();
  const loadedMemory = await memory.now();
  const pictures: number[] = [];
  for (const picture of PICTURES) {
    const { seconds } = await nextCall(page, 'encodeImages', () => dropOnPage(page, [picture]));
    pictures.push(seconds);
    await page.getByRole('progressbar', { name: 'Indexing photos' }).waitFor({ state: 'hidden' });
  }
  const texts: number[] = [];
  for (const text of TEXTS) {
    const search = page.getByRole('searchbox', { name: 'Search photos' });
    texts.push((await nextCall(page, 'encodeTexts', () => search.fill(text))).seconds);
    await page.getByRole('status').getByText(`${PICTURES.length} results for ${text}`).waitFor();
  }
  const peakMemory = await memory.peak();
  const usedMemory = await memory.now();
  await choose(BUILT_IN);
  await ready(page, BUILT_IN);
  await settle(page);
  const memoryAfterUnload = await memory.now();
  return {
    loadSeconds,
    picture: timesOf(pictures),
    text: timesOf(texts),
    loadPeakMemory,
    loadedMemory,
    peakMemory,
    usedMemory,
    memoryAfterUnload,
  };
}

/** Does `act` and waits for the answer to the page's next call of `name`. @throws Error where it failed */
async function nextCall(page: Page, name: string, act: () => Promise<void>): Promise<WorkerCall> {
  const list = `(workerCalls[${JSON.stringify(name)}] ?? [])`;
  const before = await page.evaluate<number>(`${list}.length`);
  await act();
  // Why no waitForFunction: it evaluates in the page, whose policy forbids that.
  for (;;) {
    const call = await page.evaluate<WorkerCall | undefined>(`${list}[${before}]`);
    if (call?.error !== undefined) throw new Error(`${name}: ${call.error}`);
    if (call) return call;
    await page.waitForTimeout(50);
  }
}

async function ready(page: Page, name: string): Promise<void> {
  await page.getByRole('status').getByText(`${name} ready on WASM`).waitFor();
}

/** Time for what is no longer needed to be collected. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(5_000);
}

function timesOf([first = NaN, ...values]: readonly number[]): Times {
  return { median: median(values), spread: spread(values), first, values };
}

function tableRow(figures: Figures): Record<string, string> {
  const { picture, text } = figures;
  const times = ({ median: middle, spread: range }: Times) =>
    `${middle.toFixed(3)} ± ${(range / 2).toFixed(3)}`;
  return {
    'download, MB': megabytes(figures.downloadBytes),
    'kept, MB': megabytes(figures.keptBytes),
    'ingest, s': figures.ingestSeconds.toFixed(1),
    'peak, MB': megabytes(figures.ingestPeakMemory),
    'growth, MB': megabytes(figures.ingestGrowth),
    'load, s': figures.loadSeconds.toFixed(1),
    'picture, s': times(picture),
    'text, s': times(text),
    'first text, s': text.first.toFixed(3),
    'use: peak, MB': megabytes(figures.peakMemory),
    'after unload, MB': megabytes(figures.memoryAfterUnload),
  };
}

/** What the largest model of the catalogue would need, and why it is not run. */
function tellOfBigG(): void {
  const size = modelSizeOf(readArchitecture(MODEL_CONFIGS['ViT-bigG-14']));
  const device = { backend: 'wasm' } as const;
  for (const precision of PRECISIONS) {
    const { image, text } = footprintOf(size, precision, device);
    const fit = fits(size, precision, device);
    const needs = `image tower ${megabytes(image.memory)} MB, text tower ${megabytes(text.memory)} MB`;
    console.log(`ViT-bigG-14, ${precision}, on wasm: ${needs}. ${fit.fits ? 'It fits.' : fit.reason}`);
  }
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
}
