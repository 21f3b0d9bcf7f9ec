import { proxy, wrap } from 'comlink';
import { mulberry32 } from '../../src/core/random';
import type { UnitRows } from '../../src/core/unit-rows';
import { normaliseInPlace } from '../../src/core/vectors';
import { PROBE_SETTINGS } from '../../src/evaluation/probe-training';
import type { EvaluationApi } from '../../workers/evaluation-api';

const worker = new Worker(new URL('../../workers/evaluation.worker.ts', import.meta.url), { type: 'module' });
const evaluation = wrap<EvaluationApi>(worker);

const random = mulberry32(1);
let [pictures, captions, test] = [1, 2, 3].map(() => randomRows(1, 1)) as [UnitRows, UnitRows, UnitRows];
let owners = new Int32Array(1);
let targets = new Int32Array(1);

/** Where the benchmark finds what it measures. */
export const bench = {
  /** Makes the embeddings; captions are near their picture by so much of its direction, 0 for not at all. */
  drawCaptions(count: number, each: number, dim: number, near: number): void {
    pictures = randomRows(count, dim);
    owners = Int32Array.from({ length: count * each }, (_, caption) => Math.floor(caption / each));
    captions = randomRows(owners.length, dim, (caption) => [pictures, owners[caption]!], near);
  },

  /** Milliseconds, and the recalls. */
  async retrieval(): Promise<{ milliseconds: number; recalls: Readonly<Record<string, number>> }> {
    const began = performance.now();
    const recalls = await evaluation.retrieval(pictures, captions, owners, [1, 5, 10], proxy(ignore));
    return { milliseconds: performance.now() - began, recalls };
  },

  /** Makes samples of classes, to train with and as many to test. */
  drawClasses(count: number, classes: number, dim: number, near: number): void {
    const centres = randomRows(classes, dim);
    targets = Int32Array.from({ length: count }, (_, sample) => sample % classes);
    pictures = randomRows(count, dim, (sample) => [centres, targets[sample]!], near);
    test = randomRows(count, dim, (sample) => [centres, targets[sample]!], near);
  },

  /** Milliseconds to train and to test, and the accuracy. */
  async probe(): Promise<{ milliseconds: number; accuracy: number | undefined }> {
    const task = {
      train: { rows: pictures, targets },
      test: { rows: test, targets },
      settings: PROBE_SETTINGS,
      seed: 1,
    };
    const began = performance.now();
    const result = await evaluation.linearProbe(task, proxy(ignore));
    return { milliseconds: performance.now() - began, accuracy: result?.metrics.lp_acc1 };
  },
};

export type EvaluationBench = typeof bench;

Object.assign(globalThis, { bench });

function ignore(): void {}

/** Unit rows in random directions, but for `near` times another row. */
function randomRows(
  count: number,
  dim: number,
  other?: (row: number) => readonly [rows: UnitRows, at: number],
  near = 0,
): UnitRows {
  const data = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const own = data.subarray(row * dim, (row + 1) * dim);
    for (let at = 0; at < dim; at++) own[at] = random() - 0.5;
    normaliseInPlace(own);
    if (!other) continue;
    const [rows, index] = other(row);
    for (let at = 0; at < dim; at++) own[at]! += near * rows.data[index * dim + at]!;
    normaliseInPlace(own);
  }
  return { count, dim, data };
}
