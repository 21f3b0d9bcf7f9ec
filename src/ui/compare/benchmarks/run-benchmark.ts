import type { ClipApi, ImageApi, OpenedModel } from '../../../../workers/api';
import type { DatasetApi, DatasetSummary, RunResult, WaitingBatch } from '../../../../workers/dataset-api';
import { messageOf } from '../../../core/failure';
import type { UnitRows } from '../../../core/unit-rows';
import type { Gate } from './gate.svelte';

/** What a run is at, and how far. */
export interface RunProgress {
  readonly stage: 'pictures' | 'texts' | 'measuring';
  readonly done: number;
  /** Undefined while the data set does not tell. */
  readonly total: number | undefined;
}

export interface RunParts {
  /** The model's own. */
  readonly clip: Pick<ClipApi, 'encodeImages' | 'encodeTexts'>;
  readonly images: Pick<ImageApi, 'prepareSample'>;
  readonly evaluation: Pick<
    DatasetApi,
    'beginRun' | 'nextPictures' | 'addPictures' | 'nextTexts' | 'addTexts' | 'measureRun'
  >;
  /** Passed before each step; it is checked before anything is added, which may be another run's by then. */
  readonly gate: Pick<Gate, 'pass' | 'check'>;
  readonly onProgress: (progress: RunProgress) => void;
  /** Told once why embeddings are not kept, if they are not. */
  readonly onUnkept: () => void;
}

/** Pictures that are read at once: enough that keeping their embeddings costs nothing beside making them. */
const LEAST_BATCH = 16;

/** Texts of one call. */
const TEXTS = 128;

/** Pictures of the first run of a model; each then says how many the next had best be. */
const FIRST_RUN = 4;

/**
 * Evaluates a loaded model on the open data set: embeds the pictures and texts that have no embedding yet, and measures.
 * While a batch runs through the tower, the next is read and prepared.
 * @throws what the workers' calls throw; Cancelled once the gate is stopped. What was embedded before stays kept
 */
export async function runBenchmark(
  model: OpenedModel,
  dataset: DatasetSummary,
  parts: RunParts,
): Promise<RunResult> {
  const { evaluation, gate, onProgress, clip } = parts;
  const { summary, weights, runsOn } = model;
  const { backend, arithmetic } = runsOn;
  const begun = await evaluation.beginRun({ id: summary.id, weights, backend, arithmetic });
  if (begun.unkept !== undefined) parts.onUnkept();
  onProgress({ stage: 'pictures', done: begun.done, total: dataset.count });
  await embedPictures(model, dataset, parts);
  for (;;) {
    await gate.pass();
    const next = await evaluation.nextTexts(TEXTS);
    if (next === undefined) break;
    onProgress({ stage: 'texts', done: next.done, total: next.total });
    const rows = await clip.encodeTexts(summary.id, next.texts);
    gate.check();
    await evaluation.addTexts(rows);
  }
  onProgress({ stage: 'measuring', done: 0, total: undefined });
  return evaluation.measureRun();
}

async function embedPictures(model: OpenedModel, dataset: DatasetSummary, parts: RunParts): Promise<void> {
  const { evaluation, images, gate, onProgress } = parts;
  const settings = { ...model.preprocess, ...dataset.preprocess };
  const encoder = new Encoder(model, parts);
  let embedding: Promise<void> = Promise.resolve();
  for (;;) {
    await gate.pass();
    const batch = await evaluation.nextPictures(Math.max(LEAST_BATCH, encoder.size));
    if (batch === undefined) break;
    const prepared = await Promise.all(
      batch.pictures.map(async ({ bytes, box }) => {
        try {
          const sample = await images.prepareSample(new Blob([bytes]), settings, box);
          return sample.ok ? sample.pixels : sample.message;
        } catch (error) {
          // A picture that kills its worker, twice.
          return messageOf(error);
        }
      }),
    );
    await embedding;
    embedding = add(batch, prepared);
    // Awaited in the next round: until then a rejection must not count as unhandled.
    embedding.catch(() => undefined);
  }
  await embedding;

  async function add(
    { number }: WaitingBatch,
    prepared: readonly (Uint8Array<ArrayBuffer> | string)[],
  ): Promise<void> {
    const rows = await encoder.encode(prepared.filter((one) => typeof one !== 'string'));
    const failures = prepared.map((one) => (typeof one === 'string' ? one : undefined));
    gate.check();
    const { done } = await evaluation.addPictures(number, rows, failures);
    onProgress({ stage: 'pictures', done, total: dataset.count });
  }
}

/** Runs pictures through a tower, as many at once as it had best. */
class Encoder {
  size = FIRST_RUN;
  readonly #model: OpenedModel;
  readonly #clip: RunParts['clip'];

  constructor(model: OpenedModel, { clip }: Pick<RunParts, 'clip'>) {
    this.#model = model;
    this.#clip = clip;
  }

  async encode(pictures: readonly Uint8Array<ArrayBuffer>[]): Promise<UnitRows> {
    const { summary, preprocess } = this.#model;
    const [height, width] = preprocess.size;
    const bytes = height * width * 3;
    const parts: UnitRows[] = [];
    for (let first = 0; first < pictures.length;) {
      const run = pictures.slice(first, first + this.size);
      const data = new Uint8Array(run.length * bytes);
      run.forEach((pixels, at) => data.set(pixels, at * bytes));
      const count = run.length;
      const rows = await this.#clip.encodeImages(summary.id, { count, height, width, data });
      this.size = Math.max(1, rows.nextBatch);
      parts.push(rows);
      first += count;
    }
    const dim = parts[0]?.dim ?? 0;
    const data = new Float32Array(pictures.length * dim);
    let at = 0;
    for (const part of parts) {
      data.set(part.data, at);
      at += part.data.length;
    }
    return { count: pictures.length, dim, data };
  }
}
