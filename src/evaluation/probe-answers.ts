import { rowAt, type UnitRows } from '../core/unit-rows';
import type { Probe } from './probe-training';

/** A probe that knows what its classes are called. */
export interface NamedProbe extends Probe {
  /** Of each class. */
  readonly names: readonly string[];
}

/**
 * The probabilities of a probe's classes for each row: the softmax of its logits, which training by cross-entropy fits.
 * @returns `[rows, classes]`, row-major, each row summing to 1
 * @throws RangeError if the rows' length is not the probe's
 */
export function probeProbabilities(rows: UnitRows, probe: Probe): Float32Array<ArrayBuffer> {
  const { classes, dim, weight, bias } = probe;
  if (rows.dim !== dim) throw new RangeError(`A probe of ${dim} numbers was given rows of ${rows.dim}`);
  const all = new Float32Array(rows.count * classes);
  const logits = new Float64Array(classes);
  for (let row = 0; row < rows.count; row++) {
    const embedding = rowAt(rows, row);
    for (let at = 0; at < classes; at++) {
      let sum = bias[at]!;
      for (let i = 0, j = at * dim; i < dim; i++, j++) sum += weight[j]! * embedding[i]!;
      logits[at] = sum;
    }
    const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const weights = logits.map((logit) => Math.exp(logit - highest));
    const total = weights.reduce((a, b) => a + b, 0);
    const probabilities = weights.map((each) => each / total);
    all.set(probabilities, row * classes);
  }
  return all;
}
