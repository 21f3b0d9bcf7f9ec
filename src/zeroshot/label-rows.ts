import { Failure } from '../core/failure';
import type { Embeddings, UnitRows } from '../core/unit-rows';
import { classifierRow } from './classifier';
import { synonymsOf } from './labels';
import { fillTemplate, type TemplateSet } from './templates';

/** Returns one row per text, in order. */
export type EncodeTexts = (model: string, texts: readonly string[]) => Promise<UnitRows>;

/** What makes rows: a model of this id, and what identifies its rows, since it may come back in another arithmetic. */
export interface RowMaker {
  readonly id: string;
  readonly rows: string;
}

export interface LabelRowsOptions {
  /** Ends the work after the texts that are being encoded; rows that are made by then are cached. */
  readonly signal?: AbortSignal;
  /** Told of the rows made so far, and of those that were missing. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Cached classifier rows, so that editing one label encodes only that one. */
export interface LabelRows {
  /**
   * One row per label, in order; `dim` is 0 without labels. Failures of `encodeTexts` are passed on and not cached.
   * @throws Cancelled by the signal
   */
  rows(
    maker: RowMaker,
    set: TemplateSet,
    labels: readonly string[],
    options?: LabelRowsOptions,
  ): Promise<Embeddings>;
}

export interface LabelRowsLimits {
  /** Texts per call of `encodeTexts`; the prompts of one label are never split. */
  readonly textsPerCall?: number;
  /** Maximum cached rows; the least recently used are evicted. */
  readonly capacity?: number;
}

export function createLabelRows(
  encodeTexts: EncodeTexts,
  { textsPerCall = 160, capacity = 2000 }: LabelRowsLimits = {},
): LabelRows {
  /** Least recently used first. A row is added when its computation starts, so that concurrent callers share it. */
  const kept = new Map<string, Promise<Float32Array>>();
  /** More than `capacity` for whoever has so many labels, or each would be made anew for the next. */
  let room = capacity;

  function keep(key: string, row: Promise<Float32Array>): void {
    kept.delete(key);
    kept.set(key, row);
    if (kept.size > room) kept.delete(kept.keys().next().value!);
  }

  async function encodeLabels(
    model: string,
    set: TemplateSet,
    labels: readonly string[],
  ): Promise<Float32Array[]> {
    const prompts = labels.map((label) =>
      synonymsOf(label).flatMap((word) => set.templates.map((template) => fillTemplate(template, word))),
    );
    const texts = prompts.flat();
    const { count, dim, data } = await encodeTexts(model, texts);
    if (count !== texts.length || data.length !== count * dim) {
      throw new Error(`${texts.length} texts gave ${count} embeddings of ${dim}, ${data.length} numbers.`);
    }
    let at = 0;
    return prompts.map(({ length }) => {
      const row = classifierRow(data.subarray(at * dim, (at + length) * dim), dim);
      at += length;
      return row;
    });
  }

  /** Batches run one after another, so that other work can run in between; a failure cancels the rest. */
  function* compute(
    model: string,
    set: TemplateSet,
    labels: readonly string[],
    { signal, onProgress }: LabelRowsOptions,
  ): Generator<[label: string, row: Promise<Float32Array>]> {
    const perCall = Math.max(1, Math.floor(textsPerCall / set.templates.length));
    let turn: Promise<unknown> = Promise.resolve();
    for (let first = 0; first < labels.length; first += perCall) {
      const batch = labels.slice(first, first + perCall);
      const encoded = turn.then(async () => {
        if (signal?.aborted) throw new Failure('Cancelled', 'The labels are no longer wanted');
        const rows = await encodeLabels(model, set, batch);
        onProgress?.(first + batch.length, labels.length);
        return rows;
      });
      turn = encoded;
      for (const [index, label] of batch.entries()) yield [label, encoded.then((rows) => rows[index]!)];
    }
  }

  return {
    async rows(maker, set, labels, options = {}) {
      const { id: model } = maker;
      if (labels.length > room) room = 2 * labels.length;
      const keyOf = (label: string) => JSON.stringify([model, maker.rows, set.id, label]);
      const rows = new Map<string, Promise<Float32Array>>();
      for (const label of labels) {
        const row = kept.get(keyOf(label));
        if (row === undefined) continue;
        rows.set(label, row);
        keep(keyOf(label), row);
      }
      const missing = [...new Set(labels)].filter((label) => !rows.has(label));
      for (const [label, row] of compute(model, set, missing, options)) {
        const key = keyOf(label);
        rows.set(label, row);
        keep(key, row);
        row.catch(() => {
          if (kept.get(key) === row) kept.delete(key);
        });
      }
      const all = await Promise.all(labels.map((label) => rows.get(label)!)).catch(async (error: unknown) => {
        // What has failed is forgotten when all have ended: the next call must not be given it.
        await Promise.allSettled(rows.values());
        throw error;
      });
      const dim = all[0]?.length ?? 0;
      const data = new Float32Array(labels.length * dim);
      all.forEach((row, index) => data.set(row, index * dim));
      return { model, count: labels.length, dim, data };
    },
  };
}
