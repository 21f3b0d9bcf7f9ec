import { groupedAveragePrecision } from './average-precision';

/** How often an attribute occurs in OVAD. */
export type Frequency = (typeof FREQUENCIES)[number];

const FREQUENCIES = ['head', 'medium', 'tail'] as const;

/** Percentages; null where no attribute has a positive. */
export interface OvadMetrics {
  readonly mAP: number | null;
  readonly head: number | null;
  readonly medium: number | null;
  readonly tail: number | null;
  /** Of each attribute. */
  readonly AP: readonly (number | null)[];
}

/**
 * OVAD-Box, attributes of given boxes (OVAD-Benchmark/ovad-benchmark-code, `ova_clip.py`, and its evaluator): of each
 * attribute over the boxes that are labelled in it, with negative cosines as 0; means leave out attributes without
 * positives.
 * @param scores cosines, `[boxes, attributes]`, row-major
 * @param labels the same: 1 positive, 0 negative, anything else unknown
 * @param frequency of each attribute
 * @throws RangeError if the sizes differ or a score is not finite
 */
export function ovad(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  frequency: readonly Frequency[],
): OvadMetrics {
  const attributes = frequency.length;
  if (labels.length !== scores.length || scores.length % attributes !== 0) {
    throw new RangeError(`${scores.length} scores, ${labels.length} labels and ${attributes} attributes`);
  }
  const AP = frequency.map((_, attribute) => {
    const [known, isPositive]: [number[], number[]] = [[], []];
    for (let at = attribute; at < scores.length; at += attributes) {
      const [score, label] = [scores[at]!, labels[at]!];
      if (!Number.isFinite(score))
        throw new RangeError(`Box ${Math.floor(at / attributes)} has score ${score}`);
      if (label !== 0 && label !== 1) continue;
      known.push(Math.min(Math.max(score, 0), 1));
      isPositive.push(label);
    }
    const precision = groupedAveragePrecision(known, isPositive);
    return precision === null ? null : 100 * precision;
  });
  const meanOf = (isMeant: (of: Frequency) => boolean) => {
    const values = AP.filter((value, at): value is number => value !== null && isMeant(frequency[at]!));
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  };
  const [head, medium, tail] = FREQUENCIES.map((name) => meanOf((of) => of === name)) as [
    number | null,
    number | null,
    number | null,
  ];
  return { mAP: meanOf(() => true), head, medium, tail, AP };
}
