import { expect, it } from 'vitest';
import { batchSizer } from '../../src/engine/batch-sizer';

/** The sizes that follow one another where an input takes so many milliseconds. */
function sizes(milliseconds: number, most = 32): number[] {
  const sizer = batchSizer(300, most);
  return Array.from({ length: 8 }, () => {
    const size = sizer.next();
    sizer.learn(size, size * milliseconds);
    return size;
  });
}

it.each([
  ['doubles up to the most', 0, [1, 2, 4, 8, 16, 32, 32, 32]],
  ['stays below the time a query may wait, in powers of two', 50, [1, 2, 4, 4, 4, 4, 4, 4]],
  ['takes one at a time of the slowest tower', 5000, [1, 1, 1, 1, 1, 1, 1, 1]],
])('%s', (_, milliseconds, expected) => {
  expect(sizes(milliseconds)).toEqual(expected);
});

it('falls at once when a run was slow, and rises step by step', () => {
  const sizer = batchSizer(300, 64);
  for (let run = 0; run < 6; run++) sizer.learn(sizer.next(), 1);
  expect(sizer.next()).toBe(64);
  sizer.learn(64, 3000);
  expect(sizer.next()).toBe(4);
  sizer.learn(4, 1);
  expect(sizer.next()).toBe(8);
});
