import type { ImageApi, LibraryApi, LoadedModel } from '../../../../workers/api';
import { Failure } from '../../../core/failure';
import { batchOf } from '../../indexing/picture-batch';
import { Pipeline, type PipelineParts } from '../../indexing/pipeline';
import type { Originals } from '../../photos/originals';
import type { Photo } from '../../photos/photo';
import type { Column } from './column.svelte';
import { timesOf, type Costs, type Times } from './costs';

export interface MeasureParts {
  readonly images: ImageApi;
  readonly library: Pick<LibraryApi, 'search'>;
  readonly originals: Pick<Originals, 'open' | 'drop'>;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** The parts of a measurement, in order. */
export const STEPS = 4;

/** Runs of each; one before them warms up. */
const RUNS = 5;

const BATCHES = [2, 4, 8, 16];

/** Any texts will do: the time depends on their length in tokens, which is padded. */
const TEXTS = ['a dog', 'two red cars', 'people at a table', 'a boat at night', 'flowers', 'an old house'];

/** Matches that a query asks for. */
const MATCHES = 10;

/**
 * Measures what a column's model costs, with these photos. Nothing is stored.
 * @param onStep called before each of `STEPS`
 * @throws Cancelled when `signal` is aborted, FileUnreadable if none of the photos can be read, and what the workers
 *   throw
 */
export async function measureColumn(
  column: Pick<Column, 'clip' | 'wasmBytes'>,
  model: LoadedModel,
  photos: readonly Photo[],
  parts: MeasureParts,
  signal: AbortSignal,
  onStep: (step: number) => void,
): Promise<Costs> {
  const { clip } = column;
  const { now } = parts;
  const { id } = model.summary;

  function goOn(step?: number): void {
    if (signal.aborted) throw new Failure('Cancelled', 'The measurement was cancelled');
    if (step !== undefined) onStep(step);
  }

  /** Milliseconds of each run but the first. */
  async function timed(run: (index: number) => Promise<unknown>): Promise<number[]> {
    const times: number[] = [];
    for (let index = 0; index <= RUNS; index++) {
      goOn();
      const begun = now();
      await run(index);
      times.push(now() - begun);
    }
    return times.slice(1);
  }

  goOn(0);
  const readable = await readableOf(photos, model, parts);
  const pictures = (count: number) =>
    batchOf(
      model,
      Array.from({ length: count }, (_, i) => readable[i % readable.length]!),
    );
  const single = timesOf(await timed(() => clip.encodeImages(id, pictures(1))));

  goOn(1);
  let best: Costs['best'] = { ...single, batch: 1 };
  for (const batch of BATCHES) {
    const times = await timed(() => clip.encodeImages(id, pictures(batch)));
    const each: Times = timesOf(times.map((milliseconds) => milliseconds / batch));
    if (each.median >= best.median) break;
    best = { ...each, batch };
  }

  goOn(2);
  const query = timesOf(
    await timed(async (index) => {
      const row = await clip.encodeTexts(id, [TEXTS[index % TEXTS.length]!]);
      await parts.library.search(row, MATCHES);
    }),
  );

  goOn(3);
  const sample = readable.map(({ photo }) => photo);
  const seconds = (await indexed(sample, model, clip, parts, signal)) / 1000;
  goOn();
  return {
    single,
    best,
    query,
    photosPerSecond: sample.length / seconds,
    photos: sample.length,
    wasmBytes: await column.wasmBytes(),
  };
}

/** Those that can be read, with their pixels. */
async function readableOf(
  photos: readonly Photo[],
  { preprocess, decoding }: LoadedModel,
  { images, originals }: MeasureParts,
): Promise<{ readonly photo: Photo; readonly pixels: Uint8Array<ArrayBuffer> }[]> {
  const answers = await Promise.all(
    photos.map(async (photo) => {
      const file = await originals.open(photo).catch(() => undefined);
      const answer = file && (await images.prepare(file, preprocess, 0, decoding));
      return answer?.ok ? [{ photo, pixels: answer.pixels }] : [];
    }),
  );
  const readable = answers.flat();
  if (readable.length > 0) return readable;
  throw new Failure('FileUnreadable', 'None of the photos to measure with could be read');
}

/** Milliseconds in which a pipeline takes the photos from their files to their embeddings, as if they were new. */
async function indexed(
  photos: readonly Photo[],
  model: LoadedModel,
  clip: PipelineParts['clip'],
  { images, originals, now }: MeasureParts,
  signal: AbortSignal,
): Promise<number> {
  const known = new Map(photos.map(({ key: _key, ...photo }) => [photo.id, photo]));
  const begun = now();
  await new Promise<void>((resolve, reject) => {
    const pipeline = new Pipeline(
      model,
      {
        clip,
        images,
        originals: { open: (photo) => originals.open(photo), drop: () => undefined },
        // Nothing of it is kept.
        library: { add: async () => undefined, claim: async () => [] },
        photos: {
          current: (id) => known.get(id),
          developed: () => undefined,
          skip: () => undefined,
          keep: async () => undefined,
          hasSeen: () => false,
        },
        thumbnails: { put: () => undefined },
      },
      {
        added: () => undefined,
        done: () => undefined,
        outOfReach: () => undefined,
        failed: reject,
        finished: resolve,
      },
    );
    signal.addEventListener('abort', () => {
      pipeline.end();
      resolve();
    });
    pipeline.add([...known.keys()]);
    pipeline.run();
  });
  return now() - begun;
}
