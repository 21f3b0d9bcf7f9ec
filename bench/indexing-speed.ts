import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../tests/helpers/chromium';
import { dropOnPage } from '../tests/helpers/drop';
import { forgetPhotos } from '../tests/helpers/forget-photos';
import type { Backend } from '../src/engine/runs-on';
import { BACKEND_NAMES } from '../src/ui/models/model-words';
import { median, summary } from './result';
import { callsOf, forgetCalls, keepCalls, replay } from './worker-calls';

/** Rounds that count, after one that does not: by then the workers are there and the code is compiled. */
const ROUNDS = 3;

/** The place of the thumbnail's edge among what `ImageApi.prepare` is given; an edge of 0 asks for none. */
const EDGE = 2;

/** Milliseconds for a page to do one thing: a model of true size is read, converted, stored and checked in one. */
export const PATIENCE = 900_000;

/** What photos are indexed with. */
export interface IndexedWith {
  readonly model: string;
  /** The folder of its checkpoint, called as the model; undefined for a built-in one. */
  readonly checkpoint: string | undefined;
}

/** Photos a second in one round. */
interface Round {
  /** From the files given to the last row kept. */
  readonly whole: number;
  /** The image tower alone: the batches of this round, prepared already. */
  readonly tower: number;
  /** The image workers alone: read, decode, resize, crop, digest and thumbnail. */
  readonly prepare: number;
  /** The same without thumbnails. */
  readonly withoutThumbnails: number;
  /** Pictures a batch, on average. */
  readonly batch: number;
}

/**
 * How fast the page served at `url` indexes `files` on wasm, against each of the pipeline's two stages by itself, in turns
 * on the same page.
 */
export async function measureIndexing(
  url: string,
  { model, checkpoint }: IndexedWith,
  files: readonly string[],
): Promise<Record<string, unknown>> {
  const profile = await mkdtemp(path.join(tmpdir(), 'clipscope-indexing-'));
  const app = await launchChromium(url, { webgpu: false, persistentDir: profile });
  try {
    const page = await openToIndex(app.context, url, { model, checkpoint });
    await round(page, files);
    const rounds: Round[] = [];
    for (let number = 0; number < ROUNDS; number++) rounds.push(await round(page, files));
    return figuresOf(rounds);
  } finally {
    await app.close();
    await rm(profile, { recursive: true });
  }
}

/**
 * A new page at `url` with the model ready, of which the calls are kept.
 * @param query more of the address's, each beginning with `&`
 */
export async function openToIndex(
  context: BrowserContext,
  url: string,
  { model, checkpoint }: IndexedWith,
  query = '',
  backend: Backend = 'wasm',
): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await keepCalls(page);
  await page.goto(`${url}/?backend=${backend}${checkpoint ? '' : `&model=${model}`}${query}`);
  if (checkpoint) await dropOnPage(page, [checkpoint]);
  await page.getByRole('status').getByText(`${model} ready on ${BACKEND_NAMES[backend]}`).waitFor();
  return page;
}

/** Indexes `files` in an empty library. */
export async function index(page: Page, files: readonly string[]): Promise<void> {
  await forgetCalls(page);
  await page.getByLabel('Add photos').setInputFiles([...files]);
  await page
    .getByRole('status')
    .getByText(`${files.length.toLocaleString('en')} photos ready to search`)
    .waitFor();
}

async function round(page: Page, files: readonly string[]): Promise<Round> {
  await index(page, files);
  const perSecond = (milliseconds: number) => (1000 * files.length) / milliseconds;
  const whole = perSecond((await callsOf(page, 'add')).untilLast);
  const tower = perSecond(await replay(page, 'encodeImages'));
  const prepare = perSecond(await replay(page, 'prepare'));
  const withoutThumbnails = perSecond(await replay(page, 'prepare', { [EDGE]: 0 }));
  const batch = files.length / (await callsOf(page, 'encodeImages')).count;
  await forgetPhotos(page);
  return { whole, tower, prepare, withoutThumbnails, batch };
}

function figuresOf(rounds: readonly Round[]): Record<string, unknown> {
  const all = (figure: (round: Round) => number) => summary(rounds.map(figure));
  const slower = ({ tower, prepare }: Round) => Math.min(tower, prepare);
  const isDecodingSlower =
    median(rounds.map(({ prepare }) => prepare)) < median(rounds.map(({ tower }) => tower));
  return {
    'photos a second, from the files given to the last row kept': all(({ whole }) => whole),
    'photos a second of the image tower alone': all(({ tower }) => tower),
    'the first by the second': all(({ whole, tower }) => whole / tower),
    'photos a second of reading, decoding, resizing and thumbnails alone': all(({ prepare }) => prepare),
    'the same without thumbnails': all(({ withoutThumbnails }) => withoutThumbnails),
    'the stage that sets the pace': isDecodingSlower ? 'preparing pictures' : 'the image tower',
    'end to end by the slower stage': all((each) => each.whole / slower(each)),
    'photos a second if one stage followed the other': all(
      ({ tower, prepare }) => 1 / (1 / tower + 1 / prepare),
    ),
    'pictures a batch, on average': all(({ batch }) => batch),
  };
}
