/**
 * What decoding JPEGs at a scale costs and saves: cosines of the built-in models' embeddings to those of whole pictures
 * and milliseconds, by scale and size; the kinds of JPEG; other formats; the steps of preparing a photo; and the memory
 * of a picture of 50 megapixels. `npm run bench -- decode [FOLDER of more photos]`
 */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium, type Browser, type Page } from 'playwright-core';
import { readArchitecture } from '../src/clip/architecture';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { parseJson } from '../src/clip/parse-json';
import type { PreprocessSettings } from '../src/core/preprocess-settings';
import { dot } from '../src/core/vectors';
import { rowAt, type UnitRows } from '../src/core/unit-rows';
import { MARGIN } from '../src/image/needed-scale';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';
import { openModel, type EvaluatedModel } from '../tools/evaluation/model';
import type { DecodeBench, OtherWay } from './decode-page/decode.worker';
import { JPEG_KINDS, makePicture, OTHER_FORMATS, photosOf } from './decode-pictures';
import { makePhotos } from './photos';
import { watchMemory } from './renderer-memory';
import { median, writeResult } from './result';
import { serveWorkerPage } from './worker-page';

const MODELS = ['clipscope-s', 'clipscope-m', 'clipscope-l'];

/** The tower whose times are told; of the others only cosines. */
const TIMED = 'clipscope-l';

/** A tower of another size, of which there are no weights here: only times. */
const LARGER: PreprocessSettings['size'] = [224, 224];

/** Pixels of a frame for each of the tower's input; 0 is the whole picture. */
const MARGINS = [0, 1, 1.5, 2, 3];

/** Shorter edges of the photos, and every how manieth is taken. */
const SIZES = {
  'as they are': { shorter: undefined, every: 1 },
  'about 1600 x 1200': { shorter: 1200, every: 2 },
  'about 4032 x 3024': { shorter: 3024, every: 8 },
} as const;

/** Files that are timed, and rounds, in turns. */
const FILES = 8;
const ROUNDS = 3;

const EDGE = 360;

const OTHER_WAYS: readonly OtherWay[] = ['whole', 'bitmap, resized medium', 'bitmap, resized high', 'frame'];

const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-decode-'));
const server = await serveWorkerPage('decode-page', false, folder);
const browser = await startBrowser();
/** The same for all of them. */
const settings = await settingsOf(TIMED);
const models = Object.fromEntries(
  await Promise.all(MODELS.map(async (name) => [name, await openModel(`static/models/${name}`)] as const)),
);
try {
  const photos = await photosOf(process.argv[3]);
  const page = await openPage(browser);
  const figures = {
    photos: photos.length,
    scales: await measureScales(page, photos),
    'kinds of JPEG': await measureKinds(page, photos),
    'other formats': await measureOthers(page, photos),
    'steps of preparing a photo, median ms': await measureSteps(page),
    'a picture of 50 megapixels, bytes that the renderer grows by': await measureMemory(),
  };
  await writeResult('decode', browser.version(), figures);
} finally {
  await browser.close();
  await server.close();
  await rm(folder, { recursive: true });
}

async function settingsOf(name: string): Promise<PreprocessSettings> {
  const config = await readFile(`static/models/${name}/${CHECKPOINT_FILES.config}`, 'utf8');
  return readArchitecture(parseJson(config, CHECKPOINT_FILES.config)).preprocess;
}

function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
}

async function openPage(of: Browser): Promise<Page> {
  const page = await of.newPage();
  await page.goto(server.url);
  await page.waitForFunction('globalThis.bench');
  return page;
}

/** Calls the page's worker. */
function ask<Name extends keyof DecodeBench>(
  page: Page,
  name: Name,
  ...values: Parameters<DecodeBench[Name]>
): Promise<Awaited<ReturnType<DecodeBench[Name]>>> {
  return page.evaluate(`bench.${name}(...${JSON.stringify(values)})`);
}

function urlOf(file: string): string {
  return `/@fs${file}`;
}

async function measureScales(page: Page, photos: readonly string[]) {
  const rows: Record<string, unknown>[] = [];
  for (const [size, { shorter, every }] of Object.entries(SIZES)) {
    const files: string[] = [];
    for (const [at, photo] of photos.filter((_, number) => number % every === 0).entries()) {
      const isJpeg = shorter === undefined && photo.endsWith('.jpg');
      const kind = JPEG_KINDS['baseline, 4:2:0']!;
      files.push(
        isJpeg ? await copied(photo) : await makePicture(photo, shorter, kind, folder, `${size}-${at}.jpg`),
      );
    }
    rows.push(...(await scalesOf(page, size, files)));
    console.table(rows);
  }
  return rows;
}

/** Cosines and times of each margin, on the same files. */
async function scalesOf(page: Page, size: string, files: readonly string[]) {
  const times = await timesOf(page, files.slice(0, FILES));
  const rows: Record<string, unknown>[] = [];
  const exact: Record<string, UnitRows> = {};
  for (const margin of MARGINS) {
    const row: Record<string, unknown> = {
      size,
      pictures: files.length,
      margin: margin || 'whole',
      ...times(margin),
    };
    const { prepared, widths } = await preparedOf(page, files, margin);
    row['median width'] = median(widths);
    for (const [name, model] of Object.entries(models)) {
      const made = await encoded(model, prepared);
      exact[name] ??= made;
      if (margin > 0) Object.assign(row, cosinesOf(name, made, exact[name]));
    }
    rows.push(row);
  }
  return rows;
}

/** Median milliseconds to decode and resize a file, in turns. */
async function timesOf(
  page: Page,
  files: readonly string[],
): Promise<(margin: number) => Record<string, number>> {
  const urls = files.map(urlOf);
  const towers = { ms: settings, 'ms, 224 px': { ...settings, size: LARGER } };
  const all: Record<string, number[]> = {};
  for (let round = -1; round < ROUNDS; round++) {
    for (const margin of MARGINS) {
      for (const [name, each] of Object.entries(towers)) {
        const times = await ask(page, 'times', urls, each, margin);
        if (round >= 0) (all[`${margin} ${name}`] ??= []).push(...times);
      }
    }
  }
  return (margin) =>
    Object.fromEntries(Object.keys(towers).map((name) => [name, median(all[`${margin} ${name}`] ?? [])]));
}

async function preparedOf(page: Page, files: readonly string[], margin: number) {
  const all = [];
  for (const file of files) all.push(await ask(page, 'prepared', urlOf(file), settings, margin));
  return { prepared: all.map(({ pixels }) => pixels), widths: all.map(({ width }) => width) };
}

/** Embeddings of prepared pictures, which are in Base64. */
function encoded(model: EvaluatedModel, prepared: readonly string[]): Promise<UnitRows> {
  const [height, width] = settings.size;
  const data = prepared.map((pixels) => Uint8Array.from(Buffer.from(pixels, 'base64')));
  return model.encodePictures(data.map((each) => ({ width, height, channels: 3, data: each })));
}

function cosinesOf(name: string, made: UnitRows, exact: UnitRows): Record<string, number> {
  const cosines = Array.from({ length: made.count }, (_, at) => dot(rowAt(made, at), rowAt(exact, at)));
  return { [`${name}: worst`]: Math.min(...cosines), [`${name}: median`]: median(cosines) };
}

async function copied(photo: string): Promise<string> {
  const to = path.join(folder, path.basename(photo));
  await copyFile(photo, to);
  return to;
}

async function measureKinds(page: Page, photos: readonly string[]) {
  const rows: Record<string, unknown>[] = [];
  const some = photos.filter((_, at) => at % 8 === 0);
  for (const [kind, make] of Object.entries(JPEG_KINDS)) {
    const files: string[] = [];
    for (const [at, photo] of some.entries())
      files.push(await makePicture(photo, 1200, make, folder, `${kind}-${at}.jpg`.replaceAll(':', '')));
    const whole = await preparedOf(page, files, 0);
    const scaled = await preparedOf(page, files, MARGIN);
    const cosines = cosinesOf(
      TIMED,
      await encoded(models[TIMED]!, scaled.prepared),
      await encoded(models[TIMED]!, whole.prepared),
    );
    const urls = files.slice(0, FILES).map(urlOf);
    const time = async (margin: number) =>
      median(await ask(page, 'times', [...urls, ...urls], settings, margin));
    rows.push({
      kind,
      pictures: files.length,
      'ms, whole': await time(0),
      'ms, scaled': await time(MARGIN),
      'width, scaled': median(scaled.widths),
      ...cosines,
    });
    console.table(rows);
  }
  return rows;
}

async function measureOthers(page: Page, photos: readonly string[]) {
  const rows: Record<string, unknown>[] = [];
  const some = photos.filter((_, at) => at % 16 === 0);
  for (const [type, make] of Object.entries(OTHER_FORMATS)) {
    const files: string[] = [];
    const ending = type.slice('image/'.length);
    for (const [at, photo] of some.entries())
      files.push(await makePicture(photo, 1200, make, folder, `other-${at}.${ending}`));
    let whole: UnitRows | undefined;
    for (const way of OTHER_WAYS) {
      const made = [];
      for (const file of [files[0]!, ...files])
        made.push(await ask(page, 'otherWay', urlOf(file), type, settings, way));
      const counted = made.slice(1);
      const found = await encoded(
        models[TIMED]!,
        counted.map(({ pixels }) => pixels),
      );
      whole ??= found;
      const milliseconds = median(counted.map((each) => each.milliseconds));
      rows.push({ type, way, pictures: files.length, ms: milliseconds, ...cosinesOf(TIMED, found, whole) });
    }
    console.table(rows);
  }
  return rows;
}

async function measureSteps(page: Page) {
  const rows: Record<string, unknown>[] = [];
  for (const size of [
    [1600, 1200],
    [4032, 3024],
  ] as const) {
    const files = await makePhotos(folder, FILES, () => size);
    for (const margin of [0, MARGIN]) {
      const all: Record<string, number[]> = {};
      for (let round = -1; round < ROUNDS; round++) {
        for (const file of files) {
          const steps = await ask(page, 'steps', urlOf(file), settings, margin, EDGE);
          if (round >= 0) for (const [name, value] of Object.entries(steps)) (all[name] ??= []).push(value);
        }
      }
      const medians = Object.entries(all).map(([name, values]) => [name, median(values)] as const);
      rows.push({ size: size.join(' x '), margin: margin || 'whole', ...Object.fromEntries(medians) });
    }
  }
  console.table(rows);
  return rows;
}

/** Peaks, each in a browser of its own, over what the page takes after a small picture. */
async function measureMemory() {
  const [small, large] = await Promise.all(
    (
      [
        [640, 480],
        [8660, 5774],
      ] as const
    ).map(async (size) => {
      const place = await mkdtemp(path.join(folder, 'memory-'));
      return (await makePhotos(place, 1, () => size))[0]!;
    }),
  );
  const grown: Record<string, number> = {};
  for (const margin of [0, MARGIN]) {
    const alone = await startBrowser();
    const page = await openPage(alone);
    const memory = await watchMemory(alone);
    await ask(page, 'times', [urlOf(small!)], settings, margin);
    const before = await memory.now();
    await memory.forget();
    await ask(page, 'times', [urlOf(large!)], settings, margin);
    grown[margin === 0 ? 'whole' : 'at a scale'] = (await memory.peak()) - before;
    await memory.stop();
    await alone.close();
  }
  console.table(grown);
  return grown;
}
