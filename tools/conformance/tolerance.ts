import type { Arithmetic, Precision } from '../../src/clip/weights/weights';
import { cosine } from '../../src/core/vectors';
import { largestDifference } from '../../src/core/vectors';

/** Storage precision and arithmetic. */
export interface Mode {
  readonly precision: Precision;
  readonly arithmetic: Arithmetic;
}

/** Limits of a mode's deviation from OpenCLIP in fp32. */
export interface Tolerance {
  /** Maximum difference of a number in an embedding; Infinity if only its direction counts. */
  readonly difference: number;
  /** Minimum cosine of an embedding, or a label's row, with the expected one. */
  readonly cosine: number;
  /** Maximum difference of a picture's cosine with a label. */
  readonly score: number;
  /** Maximum difference of a probability: the logit scale amplifies differences of scores. */
  readonly probability: number;
}

/** The deviation of rows of embeddings or class weights. */
export interface Distance {
  readonly difference: number;
  /** The minimum over all rows; -1 if lengths differ or a value is NaN. */
  readonly cosine: number;
}

export function toleranceFor({ precision, arithmetic }: Mode): Tolerance {
  const kept = TOLERANCES[precision];
  return kept === TOLERANCES.fp32 && arithmetic === 'fp16' ? TOLERANCES['fp16-storage'] : kept;
}

/**
 * Why these numbers. fp32: 2e-5, since swapping erf and tanh GELU already changes an embedding by 7e-5. Rounded modes
 * are judged by each row's direction: fp16, stored or computed, 0.99999 (worst seen 0.999997); 8 bits 0.999 (0.99966).
 * 4 bits only 0.8 (0.83): fixtures have random weights, without the redundancy of trained ones, and every layer's
 * output is off by 8 %, like its weights. That only distinguishes quantisation from a wrong layout, whose cosine is
 * near 0; `tests/clip/towers.test.ts` checks that the graph uses exactly the stored values, and
 * `tests/browser/precision.test.ts` the accuracy of 4 bits on a trained model.
 */
const TOLERANCES: Readonly<Record<Precision, Tolerance>> = {
  fp32: { difference: 2e-5, cosine: 0, score: 2e-5, probability: 1e-4 },
  'fp16-storage': byDirection(0.99999, 1e-2),
  q8: byDirection(0.999, 0.1),
  q4: byDirection(0.8, 1),
};

/** A score changes by no more than its two unit rows: |uv - u'v'| <= |u - u'| + |v - v'|, each sqrt(2 - 2 cosine). */
function byDirection(cosine: number, probability: number): Tolerance {
  return { difference: Infinity, cosine, score: 2 * Math.sqrt(2 - 2 * cosine), probability };
}

/** Whether the deviation is within the limits. */
export function isWithin({ difference, cosine }: Distance, tolerance: Tolerance): boolean {
  return difference <= tolerance.difference && cosine >= tolerance.cosine;
}

/** How far `computed`, a flat `[rows, dim]`, is from `expected`. */
export function distance(computed: Float32Array, expected: readonly (readonly number[])[]): Distance {
  const difference = largestDifference(computed, expected.flat());
  if (difference === Infinity) return { difference, cosine: -1 };
  const dim = computed.length / expected.length;
  const cosines = expected.map((row, at) => cosine(computed.subarray(at * dim, (at + 1) * dim), row));
  return { difference, cosine: Math.min(...cosines) };
}

/** A distance as a short text, such as `2.4e-7` or, if directions differ, `1.3e-3 (cosine 0.9999800)`. */
export function describe({ difference, cosine }: Distance): string {
  const direction = cosine > 1 - 1e-9 ? '' : ` (cosine ${cosine.toFixed(7)})`;
  return `${difference.toExponential(1)}${direction}`;
}
