import * as v from 'valibot';
import { listOf, readAs, recordOf, text } from '../core/schema';
import { evaluationResult, type EvaluationResult } from './results';

/** A cell of a table; null where there is no value. */
export type Cell = v.InferOutput<typeof cell>;

const cell = v.nullable(v.union([v.string(), v.number()]));

/** A table with a head line. */
export type ReportTable = v.InferOutput<typeof table>;

const table = recordOf({
  title: text,
  /** One sentence below the title. */
  note: v.exactOptional(text),
  head: listOf(v.string()),
  /** Each as long as `head`. */
  rows: listOf(listOf(cell)),
});

/** What was measured, to be read by others and by the page again. */
export type Report = v.InferOutput<typeof report>;

const report = recordOf({
  title: text,
  /** Name and value each: when, by what, on what. */
  facts: listOf(listOf(v.string())),
  /** On data sets. */
  results: listOf(evaluationResult),
  /** On the user's photos. */
  tables: listOf(table),
});

/** A cell as it is shown: a number with six digits, a dash where there is no value. */
export function cellText(value: Cell): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : (value ?? '–');
}

/** Whether a column holds numbers alone, to be set to the right. */
export function isNumeric({ rows }: ReportTable, column: number): boolean {
  return rows.every((row) => typeof row[column] !== 'string');
}

/** A report read from elsewhere; undefined if it is none. */
export function readReport(value: unknown): Report | undefined {
  const read = readAs(report, value);
  const isWhole = ({ head, rows }: ReportTable) => rows.every((row) => row.length === head.length);
  return read?.tables.every(isWhole) && read.facts.every((fact) => fact.length === 2) ? read : undefined;
}

/** All of a report as tables: its results first, one table per task. */
export function tablesOf({ results, tables }: Report): ReportTable[] {
  const tasks = [...new Set(results.map(({ task }) => task))];
  return [...tasks.map((task) => resultsTable(task, results)), ...tables];
}

const TASKS: Readonly<Record<string, string>> = {
  zeroshot_classification: 'Zero-shot classification',
  zeroshot_retrieval: 'Zero-shot retrieval',
  linear_probe: 'Linear probe',
  ovad: 'Open-vocabulary attributes',
};

function resultsTable(task: string, all: readonly EvaluationResult[]): ReportTable {
  const results = all.filter((result) => result.task === task);
  const metrics = [...new Set(results.flatMap((result) => Object.keys(result.metrics)))];
  return {
    title: TASKS[task] ?? task,
    head: [
      'Data set',
      'Model',
      ...metrics,
      'Samples',
      'Skipped',
      'Precision',
      'Runs on',
      'Weights',
      'Revisions',
    ],
    rows: results.map(({ dataset, model, pretrained, metrics: own, details }) => [
      details?.split === undefined ? dataset : `${dataset}, ${details.split}`,
      [model, pretrained].filter(Boolean).join(' '),
      ...metrics.map((name) => own[name] ?? null),
      details?.samples ?? null,
      details?.skipped ?? null,
      details?.precision ?? null,
      [details?.backend, details?.adapter, details?.runtime].filter(Boolean).join(', ') || null,
      details?.weights ?? null,
      [details?.modelRevision, details?.datasetRevision].filter(Boolean).join(', ') || null,
    ]),
  };
}
