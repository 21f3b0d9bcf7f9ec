import { rowAt, type UnitRows } from '../core/unit-rows';
import { dot, softmax } from '../core/vectors';
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
  const weights = { count: classes, dim, data: weight };
  for (let row = 0; row < rows.count; row++) {
    const embedding = rowAt(rows, row);
    const logits = Float64Array.from(bias, (own, at) => dot(rowAt(weights, at), embedding) + own);
    all.set(softmax(logits), row * classes);
  }
  return all;
}
