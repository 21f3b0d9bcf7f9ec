import { STYLE_NAMES, table } from './cards';

/** Accuracies as the mean over the labels, 0..1, each the mean of several draws of examples. */
export interface LearningFigures {
  /** By the labels' texts alone, on the same drawings. */
  readonly zeroShot: number;
  readonly learned: number;
  /** By the texts' rows blended with the means of the examples. */
  readonly blended: number;
}

/** The used fields of `bench/results/evaluate-learning.json`, written by `npm run evaluate-learning`. */
export interface Learning {
  readonly labels: number;
  readonly draws: number;
  /** By a value of `freedom`, the mean accuracy after learning in the styles that were trained on. */
  readonly tried: Readonly<Record<string, number>>;
  /** By model, unseen style, and examples a label. */
  readonly models: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, LearningFigures>>>>>
  >;
}

/** The README's table. */
export function learningTable({ models }: Learning): string {
  const shots = Object.keys(Object.values(Object.values(models)[0] ?? {})[0] ?? {});
  const percent = (share: number) => (100 * share).toFixed(1);
  return table(
    ['zero-shot → learned', ...shots.map((k) => `${k} a label`)],
    Object.entries(models).flatMap(([model, styles]) =>
      Object.entries(styles).map(([style, byShots]) => [
        `${model}, ${STYLE_NAMES[style] ?? style}`,
        ...shots.map((k) => `${percent(byShots[k]!.zeroShot)} → ${percent(byShots[k]!.learned)}`),
      ]),
    ),
  );
}
