import { rowAt, type UnitRows } from '../../src/core/unit-rows';

/** The rows at `indices`, in that order. */
export function pickRows(rows: UnitRows, indices: readonly number[]): UnitRows {
  const { dim } = rows;
  const data = new Float32Array(indices.length * dim);
  indices.forEach((from, to) => data.set(rowAt(rows, from), to * dim));
  return { count: indices.length, dim, data };
}
