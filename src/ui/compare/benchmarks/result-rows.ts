import type { EvaluationResult } from '../../../evaluation/results';
import type { PublishedFigure } from './published';

/** A model's figures on one data set: what was measured here, what others published, or both. */
export interface ResultRow {
  readonly name: string;
  readonly measured: EvaluationResult | undefined;
  readonly published: PublishedFigure | undefined;
}

/** One figure: as it is shown, and how far it is from the published one. */
export interface FigurePair {
  readonly measured: number | null | undefined;
  readonly published: number | null | undefined;
  /** Measured less published, in points; undefined unless both are there. */
  readonly points: number | undefined;
}

/** Metrics that are percentages already; all others are fractions. */
const PERCENTAGES = new Set(['mAP', 'head', 'medium', 'tail']);

/**
 * The rows of a data set: measured models first, in their order, each beside the published figures of the same
 * checkpoint; then the other published ones.
 * @param repositoryOf the repository on the hub that a result's model came from; undefined if it came from elsewhere
 */
export function resultRows(
  results: readonly EvaluationResult[],
  published: readonly PublishedFigure[],
  repositoryOf: (result: EvaluationResult) => string | undefined,
): readonly ResultRow[] {
  const isOf = (repository: string | undefined) => (figure: PublishedFigure) =>
    figure.repository.toLowerCase() === repository?.toLowerCase();
  const measured = results.map((result) => ({
    name: [result.model, result.pretrained].filter(Boolean).join(' · '),
    measured: result,
    published: published.find(isOf(repositoryOf(result))),
  }));
  const others = published
    .filter((figure) => !measured.some((row) => row.published === figure))
    .map((figure) => ({ name: figure.name, measured: undefined, published: figure }));
  return [...measured, ...others];
}

/** Names of all metrics in the rows, in their order. */
export function metricsOf(rows: readonly ResultRow[]): readonly string[] {
  return [
    ...new Set(
      rows.flatMap(({ measured, published }) => [
        ...Object.keys(measured?.metrics ?? {}),
        ...Object.keys(published?.metrics ?? {}),
      ]),
    ),
  ];
}

export function figureOf({ measured, published }: ResultRow, metric: string): FigurePair {
  const [here, there] = [measured?.metrics[metric], published?.metrics[metric]];
  const areBoth = typeof here === 'number' && typeof there === 'number';
  const factor = PERCENTAGES.has(metric) ? 1 : 100;
  return { measured: here, published: there, points: areBoth ? (here - there) * factor : undefined };
}

/** A metric's value in percent, with two decimals: "64.25". */
export function valueText(metric: string, value: number | null | undefined): string {
  if (value === undefined) return '';
  if (value === null) return '–';
  return (PERCENTAGES.has(metric) ? value : value * 100).toFixed(2);
}

/** "+0.12", "−0.03", "0.00". */
export function pointsText(points: number): string {
  const text = Math.abs(points).toFixed(2);
  return text === '0.00' ? text : `${points < 0 ? '−' : '+'}${text}`;
}

const TITLES: Readonly<Record<string, string>> = {
  acc1: 'First answer right',
  acc5: 'Among the first five',
  mean_per_class_recall: 'Mean recall of a class',
  mean_average_precision: 'Mean average precision',
  mAP: 'Mean average precision',
  head: 'Frequent attributes',
  medium: 'Less frequent ones',
  tail: 'Rare ones',
};

/** What a metric says: "First answer right", "Photo by caption, first 5". */
export function metricTitle(metric: string): string {
  const [, way, k] = /^(image|text)_retrieval_recall@(\d+)$/.exec(metric) ?? [];
  if (way === undefined) return TITLES[metric] ?? metric;
  const found = way === 'image' ? 'Photo by caption' : 'Caption by photo';
  return `${found}, ${k === '1' ? 'the first' : `first ${k}`}`;
}
