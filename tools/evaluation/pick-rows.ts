import type { UnitRows } from '../../src/core/unit-rows';

/** The rows at `indices`, in that order. */
export function pickRows({ dim, data }: UnitRows, indices: readonly number[]): UnitRows {
  const picked = new Float32Array(indices.length * dim);
  indices.forEach((from, to) => picked.set(data.subarray(from * dim, (from + 1) * dim), to * dim));
  return { count: indices.length, dim, data: picked };
}
