import { expect, it } from 'vitest';
import { averagePrecision, groupedAveragePrecision } from '../../src/evaluation/average-precision';
import { multilabel } from '../../src/evaluation/multilabel';
import { ovad } from '../../src/evaluation/ovad';
import { rowsAt } from './rows';

it('averages precision down to each positive', () => {
  expect(averagePrecision([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0])).toBeCloseTo((1 + 2 / 3) / 2, 15);
});

it('takes equal scores together for OVAD, which has no value without positives', () => {
  expect(groupedAveragePrecision([0.5, 0.5], [0, 1])).toBe(0.5);
  expect(groupedAveragePrecision([0.5], [0])).toBeNull();
});

it('refuses sizes that do not fit', () => {
  expect(() => multilabel(rowsAt(0), rowsAt(0, 90), [1])).toThrow('1 targets of 1 pictures and 2 classes');
  expect(() => multilabel(rowsAt(), rowsAt(0), [])).toThrow(RangeError);
  expect(() => ovad([0, 0, 0], [0, 0, 0], ['head', 'tail'])).toThrow(RangeError);
  expect(() => ovad([0, NaN], [0, 0], ['head'])).toThrow('Box 1 has score NaN');
});
