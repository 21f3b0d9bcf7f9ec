import type { BrowserContext } from 'playwright-core';
import { forgetPhotos } from '../tests/helpers/forget-photos';
import { keyOf, type RowsByKey } from './exact-rows';
import { index, openToIndex, PATIENCE, type IndexedWith } from './indexing-speed';
import type { bench as peerBench } from './peers/page';
import type { Backend } from '../src/engine/runs-on';
import { callsOf, replay, rowsAdded } from './worker-calls';
import { openWorkerPage } from './worker-page';

/** What one side did with the photos of a round. All but the rows in photos a second. */
export interface Turn {
  /** From the files given to the last embedding. */
  readonly whole: number;
  /** The image tower alone, in the same batches. */
  readonly tower: number;
  /** Decoding, resizing and cropping alone, and with Clipscope digests, metadata and thumbnails. */
  readonly prepare: number;
  /** Pictures a batch, on average. */
  readonly batch: number;
  readonly rows: RowsByKey;
}

/** A page that turns photos into embeddings. */
export interface Side {
  readonly name: string;
  /** A turn that does not count: by then the code is compiled, and what is to be tried has been. */
  warmUp(files: readonly string[]): Promise<void>;
  turn(files: readonly string[]): Promise<Turn>;
  close(): Promise<void>;
}

/** Clipscope's page at `url`. @param query as in `openToIndex` */
export async function clipscopeSide(
  name: string,
  context: BrowserContext,
  url: string,
  model: IndexedWith,
  query: string,
  backend: Backend = 'wasm',
): Promise<Side> {
  const page = await openToIndex(context, url, model, query, backend);
  async function turn(files: readonly string[]): Promise<Turn> {
    await page.bringToFront();
    await index(page, files);
    const perSecond = (milliseconds: number) => (1000 * files.length) / milliseconds;
    const takesFrames = (await callsOf(page, 'encodeFrames')).count > 0;
    const [encode, prepare] = takesFrames
      ? (['encodeFrames', 'prepareFrame'] as const)
      : (['encodeImages', 'prepare'] as const);
    const done = {
      whole: perSecond((await callsOf(page, 'add')).untilLast),
      tower: perSecond(await replay(page, encode)),
      prepare: perSecond(await replay(page, prepare)),
      batch: files.length / (await callsOf(page, encode)).count,
      rows: await rowsAdded(page),
    };
    await forgetPhotos(page);
    return done;
  }
  return { name, turn, warmUp: async (files) => void (await turn(files)), close: () => page.close() };
}

/**
 * transformers.js in the page at `url`, with the best of these sizes of a batch.
 */
export async function peerSide(
  name: string,
  context: BrowserContext,
  url: string,
  batches: readonly number[],
  { onGpu, bits }: { onGpu: boolean; bits: 16 | 32 } = { onGpu: false, bits: 32 },
): Promise<Side> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const ask = await openWorkerPage<typeof peerBench>(page, url);
  await ask('load', Number(onGpu), bits);
  let best = batches[0]!;
  async function give(files: readonly string[]): Promise<void> {
    await page.bringToFront();
    await page.locator('#files').setInputFiles([...files]);
    await ask('take');
  }
  return {
    name,
    async warmUp(files) {
      await give(files);
      await ask('embed', best);
      const tried: { batch: number; milliseconds: number }[] = [];
      for (const batch of [...batches, ...batches])
        tried.push({ batch, milliseconds: (await ask('embed', batch)).milliseconds });
      best = tried.sort((a, b) => a.milliseconds - b.milliseconds)[0]!.batch;
    },
    async turn(files) {
      await give(files);
      const keys = await Promise.all(files.map(keyOf));
      const perSecond = (milliseconds: number) => (1000 * files.length) / milliseconds;
      const { milliseconds, rows } = await ask('embed', best);
      return {
        whole: perSecond(milliseconds),
        tower: perSecond(await ask('tower', best)),
        prepare: perSecond(await ask('prepare')),
        batch: best,
        rows: new Map(keys.map((key, at) => [key, rows[at]!])),
      };
    },
    close: () => page.close(),
  };
}
