import { mulberry32 } from '../core/random';
import type { Follower } from '../core/slices';
import { pickRows, rowAt, type UnitRows } from '../core/unit-rows';
import { dot } from '../core/vectors';
import { learnLabels, toldLabels, type LabelExamples, type LearningSettings } from './learning';

/** How well labels are told before and after learning, on examples that were not learned from. */
export interface HeldOutLabels {
  /** The right label of each example, as an index; -1 where it is not told. */
  readonly told: Int32Array<ArrayBuffer>;
  /** The best label of each by the texts alone. */
  readonly zeroShot: Int32Array<ArrayBuffer>;
  /** The best label of each by what was learned from the others. */
  readonly learned: Int32Array<ArrayBuffer>;
}

/** Trainings of a cross-validation. */
const FOLDS = 5;

/** The same draw each time: more examples are what changes a figure. */
const SEED = 0;

/**
 * Cross-validation: the examples in five parts, the labels learned anew without each, and tried on it. With fewer than five
 * examples each is a part. Those of a label are spread over all parts.
 * @throws RangeError, Cancelled as `learnLabels`
 */
export async function holdOutLabels(
  texts: UnitRows,
  examples: LabelExamples,
  settings: LearningSettings,
  { signal, onProgress }: Follower = {},
): Promise<HeldOutLabels> {
  const told = toldLabels(examples, texts.count);
  const folds = Math.min(FOLDS, told.length);
  const part = parts(told, folds);
  const learned = new Int32Array(told.length);
  for (let fold = 0; fold < folds; fold++) {
    const kept = [...told.keys()].filter((at) => part[at] !== fold);
    const rows = await learnLabels(texts, pickExamples(examples, kept), settings, {
      signal,
      onProgress: (done, total) => onProgress?.(fold + done / total, folds),
    });
    for (const at of told.keys()) if (part[at] === fold) learned[at] = best(rows, rowAt(examples.rows, at));
  }
  const zeroShot = Int32Array.from(told, (_, at) => best(texts, rowAt(examples.rows, at)));
  return { told, zeroShot, learned };
}

/** The part of each example: dealt out in turn, label by label, in an order drawn at random. */
function parts(told: Int32Array, folds: number): Int32Array {
  const random = mulberry32(SEED);
  const drawn = Array.from(told, (label, at) => ({ label, at, draw: random() }));
  const part = new Int32Array(told.length);
  const dealt = drawn.sort((a, b) => a.label - b.label || a.draw - b.draw);
  for (const [turn, { at }] of dealt.entries()) part[at] = turn % folds;
  return part;
}

function pickExamples({ rows, possible }: LabelExamples, chosen: readonly number[]): LabelExamples {
  const labels = possible.length / rows.count;
  const marks = new Uint8Array(chosen.length * labels);
  for (const [to, from] of chosen.entries()) {
    marks.set(possible.subarray(from * labels, (from + 1) * labels), to * labels);
  }
  return { rows: pickRows(rows, chosen), possible: marks };
}

function best(rows: UnitRows, photo: Float32Array): number {
  const scores = Array.from({ length: rows.count }, (_, label) => dot(rowAt(rows, label), photo));
  return scores.indexOf(Math.max(...scores));
}
