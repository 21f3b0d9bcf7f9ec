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
  ['stays below the time a query may wait, in powers of two', 60, [1, 2, 4, 4, 4, 4, 4, 4]],
  ['tries once what seems to take a little too long', 50, [1, 2, 4, 8, 4, 4, 4, 4]],
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

/** Milliseconds of a tower that takes as long for four inputs as for two and a half alone. */
const SUBLINEAR: Readonly<Record<number, number>> = { 1: 115, 2: 190, 4: 290, 8: 520 };

it('finds the larger batch of a tower that takes less than twice as long for twice as many', () => {
  const sizer = batchSizer(300, 32);
  const sizes = Array.from({ length: 6 }, () => {
    const size = sizer.next();
    sizer.learn(size, SUBLINEAR[size]!);
    return size;
  });
  expect(sizes).toEqual([1, 2, 4, 4, 4, 4]);
});

it('learns nothing of a whole batch from what is left over at the end of a call', () => {
  const sizer = batchSizer(300, 32);
  for (const [count, milliseconds] of [
    [1, 115],
    [2, 190],
  ] as const)
    sizer.learn(count, milliseconds);
  sizer.learn(1, 115);
  expect(sizer.next()).toBe(4);
});

it('tries two again once one alone no longer takes too long, however often it did', () => {
  const sizer = batchSizer(300, 32);
  for (let run = 0; run < 5; run++) {
    sizer.learn(1, 400);
    expect(sizer.next()).toBe(1);
  }
  sizer.learn(1, 200);
  expect(sizer.next()).toBe(2);
});

it('counts runs of one that take too long among those after which a size is tried again', () => {
  const sizer = batchSizer(300, 32);
  sizer.learn(1, 140);
  sizer.learn(2, 500);
  expect(sizer.next()).toBe(1);
  for (let run = 0; run < 32; run++) sizer.learn(1, run % 8 === 0 ? 400 : 220);
  expect(sizer.next()).toBe(1);
  sizer.learn(1, 220);
  expect(sizer.next()).toBe(2);
});

it('tries a size again long after it took too long', () => {
  const sizer = batchSizer(300, 32);
  sizer.learn(1, 115);
  sizer.learn(2, 190);
  sizer.learn(4, 400);
  expect(sizer.next()).toBe(2);
  let runs = 0;
  for (; sizer.next() === 2; runs++) sizer.learn(2, 190);
  expect(runs).toBe(33);
  expect(sizer.next()).toBe(4);
});
