/**
 * Files and links that would take a page's memory or time, given to one that has photos and a model: how long it did not
 * answer, the most memory it took, and what was there afterwards. `npm run bench -- hostile`
 */
import { cp, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { bufferSource } from '../src/formats/byte-source';
import { readSafetensorsHeader } from '../src/formats/safetensors';
import { dropOnPage } from '../tests/helpers/drop';
import { launchChromium } from '../tests/helpers/chromium';
import { serveDist } from '../tools/start.js';
import { watchMemory } from './renderer-memory';
import { writeResult } from './result';

const MODEL = 'clipscope-s';
const PHOTOS = 12;
const GOLDEN = 'tests/fixtures/towers/vit-gelu';

/** What is given to the page, and a part of what it answers. */
interface Case {
  readonly what: string;
  readonly answer: string;
  readonly give: (page: Page) => Promise<unknown>;
}

const server = await serveDist({ port: 0 });
const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-hostile-'));
const profile = await mkdtemp(path.join(tmpdir(), 'clipscope-profile-'));

/** A copy of a checkpoint that opens, with its files changed by `change`. */
async function checkpoint(name: string, change: (target: string) => Promise<unknown>): Promise<string> {
  const target = path.join(folder, name);
  await cp(GOLDEN, target, { recursive: true });
  await copyFile(`static/models/${MODEL}/tokenizer.json`, path.join(target, CHECKPOINT_FILES.tokenizer));
  await change(target);
  return target;
}

async function setConfig(target: string, change: (config: Config) => void): Promise<void> {
  const file = path.join(target, CHECKPOINT_FILES.config);
  const config = JSON.parse(await readFile(file, 'utf8')) as Config;
  change(config);
  await writeFile(file, JSON.stringify(config));
}

interface Config {
  readonly model_cfg: { readonly vision_cfg: Record<string, unknown> };
  readonly preprocess_cfg: Record<string, unknown>;
}

/** Sets the first number of a tensor, which is of fp32. */
async function setNumber(target: string, tensor: string, value: number): Promise<void> {
  const file = path.join(target, CHECKPOINT_FILES.weights);
  const bytes = await readFile(file);
  const { tensors } = await readSafetensorsHeader(bufferSource(new Uint8Array(bytes)));
  const info = tensors.get(tensor);
  if (info?.dtype !== 'F32') throw new Error(`${tensor} is ${info?.dtype ?? 'missing'}, not F32`);
  bytes.writeFloatLE(value, info.start);
  await writeFile(file, bytes);
}

/** The beginning of a PNG of so many pixels a side: the signature and IHDR, as a picture cut off there. */
async function pngOf(side: number): Promise<string> {
  const bytes = await readFile('tests/fixtures/pictures/panorama.png');
  bytes.writeUInt32BE(side, 16);
  bytes.writeUInt32BE(side, 20);
  const file = path.join(folder, `${side}.png`);
  await writeFile(file, bytes);
  return file;
}

const dropped = (name: string, answer: string, change: (target: string) => Promise<unknown>): Case => ({
  what: name,
  answer,
  give: async (page) => dropOnPage(page, [await checkpoint(name.replaceAll(' ', '-'), change)]),
});

const CASES: readonly Case[] = [
  dropped('image_size of 20000', '20,000', (target) =>
    setConfig(target, ({ model_cfg }) => {
      model_cfg.vision_cfg.image_size = 20_000;
    }),
  ),
  dropped('a std near zero', 'std', (target) =>
    setConfig(target, ({ preprocess_cfg }) => {
      preprocess_cfg.std = [1e-30, 1e-30, 1e-30];
    }),
  ),
  dropped('NaN in the image tower', 'has NaN', (target) => setNumber(target, 'visual.proj', NaN)),
  dropped('NaN in the text tower', 'has NaN', (target) => setNumber(target, 'text_projection', NaN)),
  dropped('a logit scale of 1e30', 'logit_scale', (target) => setNumber(target, 'logit_scale', 1e30)),
  {
    what: 'a link to a model at 16,000 pixels a side',
    answer: '16,000',
    give: (page) => page.goto(`${server.url}/?backend=wasm&model=${MODEL}@16000x16000`),
  },
  {
    what: 'a PNG of 30,000 pixels a side',
    answer: '30,000 ×',
    give: async (page) => dropOnPage(page, [await pngOf(30_000)]),
  },
];

/** Lists a directory's files with the folders they lie in. A text, since what tsx makes of a function does not run in the page. */
const LISTING = `(async () => {
  const files = [];
  const open = [[await navigator.storage.getDirectory(), '']];
  for (const [directory, prefix] of open) {
    for await (const [name, handle] of directory.entries()) {
      if (handle.kind === 'directory') open.push([handle, prefix + name + '/']);
      else files.push(prefix + name);
    }
  }
  return files.sort();
})()`;

/** Every file in the page's private storage that is not of a library. */
async function keptFiles(page: Page): Promise<string[]> {
  const files: string[] = await page.evaluate(LISTING);
  return files.filter((name) => !name.startsWith('libraries/'));
}

/** Notes in every page how long its thread does not answer, from its beginning. */
const WATCH = `{
  let last = performance.now();
  window.longestPause = 0;
  setInterval(() => {
    const now = performance.now();
    window.longestPause = Math.max(window.longestPause, now - last);
    last = now;
  }, 20);
}`;

const browser = await launchChromium(new URL(server.url).origin, { webgpu: false, persistentDir: profile });
const page = browser.context.pages()[0] ?? (await browser.context.newPage());
page.setDefaultTimeout(60_000);
await page.addInitScript(WATCH);
const ready = () => page.getByRole('status').getByText(`${MODEL} ready on WASM`).waitFor();
const home = `${server.url}/?backend=wasm&model=${MODEL}`;
await page.goto(home);
await ready();
const album = Array.from({ length: PHOTOS }, (_, at) =>
  path.resolve(`static/album/album-${String(at + 1).padStart(3, '0')}.webp`),
);
await page.getByLabel('Add photos').setInputFiles(album);
await page.getByRole('status').getByText(`${PHOTOS} photos ready to search`).waitFor();

const memory = await watchMemory(page.context().browser()!);
const figures: Record<string, unknown> = {};
for (const { what, answer, give } of CASES) {
  await page.goto(home);
  await ready();
  const before = await keptFiles(page);
  await memory.forget();
  const idle = await memory.now();
  await page.evaluate('window.longestPause = 0');
  await give(page);
  const answered = page.getByText(answer).first();
  await answered.waitFor();
  const words = (await answered.innerText()).split('\n')[0];
  await ready();
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText(`${PHOTOS} results for two cats`).waitFor();
  const kept = await keptFiles(page);
  figures[what] = {
    'the page says': words,
    'longest time without an answer (ms)': Math.round(await page.evaluate<number>('window.longestPause')),
    'memory before (MB)': Math.round(idle / 1e6),
    'peak memory (MB)': Math.round((await memory.peak()) / 1e6),
    'photos found afterwards, with the model before': PHOTOS,
    'files of models kept besides those before': kept.filter((name) => !before.includes(name)),
  };
}
await memory.stop();
const version = page.context().browser()!.version();
await browser.close();
await writeResult('hostile', `chromium/${version}`, figures);
await rm(folder, { recursive: true });
await rm(profile, { recursive: true });
await server.close();
