import { expect, it } from 'vitest';
import { OutOfReachCounts } from '../../../src/ui/indexing/out-of-reach-counts';

it('counts the photos that are still there, by folder and reason', () => {
  const counts = new OutOfReachCounts();
  counts.add({ id: 1, folder: 1 }, 'ask');
  counts.add({ id: 2, folder: 2 }, 'file');
  counts.add({ id: 3, folder: 2 }, 'file');
  counts.add({ id: 4, folder: 2 }, 'memory');
  counts.add({ id: 1, folder: 1 }, 'file');
  expect(counts.of((id) => id !== 4)).toEqual([
    { folder: 2, reach: 'file', count: 2 },
    { folder: 1, reach: 'file', count: 1 },
  ]);
  expect(counts.delete([9])).toBe(false);
  expect(counts.delete([2, 3])).toBe(true);
  expect(counts.of(() => true).map(({ count }) => count)).toEqual([1, 1]);
  counts.clear();
  expect(counts.of(() => true)).toEqual([]);
});
