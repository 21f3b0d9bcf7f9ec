import type { UnitRows } from '../../src/core/unit-rows';
import { mulberry32 } from '../../src/core/random';
import { normalise } from '../../src/core/vectors';

/** Rows of `dim` numbers each. */
export function rowsOf(dim: number, ...data: number[]): UnitRows {
  return { count: data.length / dim, dim, data: Float32Array.from(data) };
}

/** Unit rows in random directions. */
export function randomRows(count: number, dim: number, seed: number): UnitRows {
  const random = mulberry32(seed);
  const row = () => normalise(Array.from({ length: dim }, () => random() - 0.5));
  return rowsOf(dim, ...Array.from({ length: count }, () => [...row()]).flat());
}

/** Unit rows of 2 numbers at these angles, in degrees. */
export function rowsAt(...angles: number[]): UnitRows {
  const radians = angles.map((angle) => (angle * Math.PI) / 180);
  return rowsOf(2, ...radians.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
}
