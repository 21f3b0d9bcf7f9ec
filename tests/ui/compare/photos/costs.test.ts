import { expect, it } from 'vitest';
import { sampleOf, timesOf } from '../../../../src/ui/compare/photos/costs';

it.each<[number[], ReturnType<typeof timesOf>]>([
  [[3], { median: 3, quartiles: [3, 3], runs: 1 }],
  [[4, 1, 3, 2], { median: 2.5, quartiles: [1.75, 3.25], runs: 4 }],
  [[10, 30, 20, 50, 40], { median: 30, quartiles: [20, 40], runs: 5 }],
])('the times %j are %j', (milliseconds, times) => {
  expect(timesOf(milliseconds)).toEqual(times);
});

it('takes a sample at even distances, or all', () => {
  const items = Array.from({ length: 10 }, (_, i) => i);
  expect(sampleOf(items, 4)).toEqual([0, 2, 5, 7]);
  expect(sampleOf(items, 20)).toEqual(items);
  expect(sampleOf([], 4)).toEqual([]);
});
