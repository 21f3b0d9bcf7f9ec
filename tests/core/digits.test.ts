import { expect, test } from 'vitest';
import { grouped } from '../../src/core/digits';

test.each([
  [0, '0'],
  [999, '999'],
  [4096, '4,096'],
  [1_234_567, '1,234,567'],
  [2n ** 64n, '18,446,744,073,709,551,616'],
])('%s is shown as %s', (value, shown) => {
  expect(grouped(value)).toBe(shown);
});
