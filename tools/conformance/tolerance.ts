import type { Arithmetic, Precision } from '../../src/clip/weights/weights';
import { cosine } from '../../src/core/vectors';
import { largestDifference } from './result';

/** How weights are kept, and how the graph computes with them. */
export interface Mode {
  readonly precision: Precision;
  readonly arithmetic: Arithmetic;
}

/** What a mode must hold against OpenCLIP in fp32. */
export interface Tolerance {
  /** The largest difference of a number in an embedding; Infinity where only its direction counts. */
  readonly difference: number;
  /** The least cosine of an embedding, or of a label's row, with the expected one. */
  readonly cosine: number;
  /** The largest difference of a picture's cosine with a label. */
  readonly score: number;
  /** The largest difference of a probability: softmax over the logit scale stretches a difference of scores. */
  readonly probability: number;
}

/** What a row of embeddings or class weights is off by. */
export interface Distance {
  readonly difference: number;
  /** The least over all rows; -1 where lengths differ or a value is no number. */
  readonly cosine: number;
}

export function toleranceFor({ precision, arithmetic }: Mode): Tolerance {
  const kept = TOLERANCES[precision];
  return kept === TOLERANCES.fp32 && arithmetic === 'fp16' ? TOLERANCES['fp16-storage'] : kept;
}

/**
 * Why these numbers. fp32: erf instead of tanh GELU moves an embedding by 7e-5 already, so 2e-5. What is rounded is held
 * by the direction of each row: fp16 to 0.99999, kept or computed (worst seen 0.999997), 8 bits to 0.999 (0.99966).
 * In 4 bits 0.8 (0.83): fixtures have random weights, without the redundancy of trained ones, and every layer's output is
 * off by the 8 % that its weights are. It only tells such a loss from a wrong layout, whose cosine is near 0; that the
 * graph computes with just the values kept is held by `tests/clip/towers.test.ts`, and what 4 bits keep of a trained
 * model by `tests/browser/precision.test.ts`.
 */
const TOLERANCES: Readonly<Record<Precision, Tolerance>> = {
  fp32: { difference: 2e-5, cosine: 0, score: 2e-5, probability: 1e-4 },
  'fp16-storage': byDirection(0.99999, 1e-2),
  q8: byDirection(0.999, 0.1),
  q4: byDirection(0.8, 1),
};

/** A score moves by no more than its two unit rows do: |uv - u'v'| <= |u - u'| + |v - v'|, each sqrt(2 - 2 cosine). */
function byDirection(cosine: number, probability: number): Tolerance {
  return { difference: Infinity, cosine, score: 2 * Math.sqrt(2 - 2 * cosine), probability };
}

/** Whether rows are near enough. */
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

/** A distance in a few characters, such as `2.4e-7` or, where rows point elsewhere, `1.3e-3 (cosine 0.9999800)`. */
export function describe({ difference, cosine }: Distance): string {
  const direction = cosine > 1 - 1e-9 ? '' : ` (cosine ${cosine.toFixed(7)})`;
  return `${difference.toExponential(1)}${direction}`;
}
