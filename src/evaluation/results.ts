import * as v from 'valibot';
import { writeCsv } from '../core/csv';
import { listOf, readAs, recordOf, size, text } from '../core/schema';

/** A metric by CLIP_benchmark's name; null where the reference gives NaN. */
export type Metrics = Readonly<Record<string, number | null>>;

/** How a result came about. Scalars and short texts; a field that is unknown is absent. */
export type ResultDetails = v.InferOutput<typeof details>;

const details = recordOf({
  /** The part of the data set: "test", "val" … */
  split: v.exactOptional(text),
  /** Samples that were measured, and those left out, since their pictures could not be read. */
  samples: size,
  skipped: size,
  /** The tower's precision ("fp32" …), and where it ran: "webgpu" or "wasm", with the adapter's name. */
  precision: v.exactOptional(text),
  backend: v.exactOptional(text),
  adapter: v.exactOptional(text),
  /** The browser, or Node, with its version. */
  runtime: v.exactOptional(text),
  /** Commits of the model's and of the data set's repository. */
  modelRevision: v.exactOptional(text),
  datasetRevision: v.exactOptional(text),
  /** Digest of the image tower and its preprocessing, 32 hex digits. */
  weights: v.exactOptional(text),
  /** When it was measured: ISO 8601, UTC. */
  measured: v.exactOptional(text),
});

/**
 * What one model reached in one task on one data set: the record that `clip_benchmark eval` writes and
 * `clip_benchmark build` reads (LAION-AI/CLIP_benchmark, `clip_benchmark/cli.py`), with `details` beside it, which
 * `build` takes along as one more column.
 */
export type EvaluationResult = v.InferOutput<typeof evaluationResult>;

export const evaluationResult = recordOf({
  /** As CLIP_benchmark names it: "wds/imagenet1k"; for a folder, its name. */
  dataset: text,
  /** OpenCLIP's name of the architecture, or the model's own. */
  model: text,
  /** OpenCLIP's tag of the weights; empty where there is none. */
  pretrained: v.string(),
  /** "zeroshot_classification", "zeroshot_retrieval", "linear_probe", or "ovad". */
  task: text,
  metrics: v.pipe(v.record(v.string(), v.nullable(v.number())), v.readonly()),
  /** Of the class names and templates: "en". */
  language: text,
  details: v.exactOptional(details),
});

/** A result as its JSON file. */
export function resultJson(result: EvaluationResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/**
 * The results in a JSON file that holds one or a list of them, also those that CLIP_benchmark wrote itself; undefined
 * if it holds anything else.
 */
export function readResults(json: string): readonly EvaluationResult[] | undefined {
  let value: unknown;
  try {
    // Python writes NaN where there is no value, which JSON does not know.
    value = JSON.parse(json.replace(/:\s*NaN(?=\s*[,}])/g, ': null'));
  } catch {
    return undefined;
  }
  return readAs(listOf(evaluationResult), Array.isArray(value) ? value : [value]);
}

/**
 * Results as a table with a head line: a row per result, a column per metric that any of them has, empty where it has
 * no value. `model_fullname` is what `clip_benchmark build` adds.
 */
export function resultsCsv(results: readonly EvaluationResult[]): string {
  const metrics = [...new Set(results.flatMap((result) => Object.keys(result.metrics)))];
  const rows = results.map((result) => [
    result.dataset,
    result.model,
    result.pretrained,
    `${result.model} ${result.pretrained}`,
    result.task,
    result.language,
    result.details?.samples,
    result.details?.skipped,
    ...metrics.map((name) => result.metrics[name]),
  ]);
  return writeCsv([[...COLUMNS, ...metrics], ...rows]);
}

const COLUMNS = [
  'dataset',
  'model',
  'pretrained',
  'model_fullname',
  'task',
  'language',
  'samples',
  'skipped',
];
