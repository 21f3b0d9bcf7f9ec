import { expect, it } from 'vitest';
import { pickRows } from '../../src/core/unit-rows';

it('picks rows in the order asked for, as copies', () => {
  const rows = { count: 3, dim: 2, data: Float32Array.of(1, 0, 0, 1, 0.6, 0.8) };
  const picked = pickRows(rows, Int32Array.of(2, 0, 2));
  expect(picked).toEqual({ count: 3, dim: 2, data: Float32Array.of(0.6, 0.8, 1, 0, 0.6, 0.8) });
  picked.data[0] = 9;
  expect(rows.data[4]).toBeCloseTo(0.6);
  expect(pickRows(rows, [])).toEqual({ count: 0, dim: 2, data: new Float32Array() });
});
