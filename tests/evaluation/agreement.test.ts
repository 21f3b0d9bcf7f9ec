import { expect, it } from 'vitest';
import { agreement } from '../../src/evaluation/agreement';

it('tells the share of equal firsts, the overlap, and the items that differ most, first', () => {
  const a = ['abc', 'abc', 'abc', 'abc'].map((names) => names.split(''));
  const b = ['abd', 'bac', 'xyz', 'abc'].map((names) => names.split(''));
  expect(agreement(a, b, 3)).toEqual({
    sameFirst: 0.5,
    overlap: (2 / 3 + 1 + 0 + 1) / 4,
    mostDifferent: [
      { item: 2, sameFirst: false, overlap: 0 },
      { item: 0, sameFirst: true, overlap: 2 / 3 },
      { item: 1, sameFirst: false, overlap: 1 },
      { item: 3, sameFirst: true, overlap: 1 },
    ],
  });
});

it('looks at the first k alone, and at lists of unequal length', () => {
  expect(agreement([['a', 'b']], [['a', 'c']], 1)).toMatchObject({ sameFirst: 1, overlap: 1 });
  expect(agreement([['a']], [['a', 'b', 'c']], 10).overlap).toBe(1 / 3);
  expect(agreement([[]], [[]], 10)).toMatchObject({ sameFirst: 1, overlap: 1 });
  expect(agreement([[]], [['a']], 10)).toMatchObject({ sameFirst: 0, overlap: 0 });
});

it('refuses lists of other items, and nothing', () => {
  expect(() => agreement([['a']], [], 10)).toThrow('1 and 0 rankings');
  expect(() => agreement([], [], 10)).toThrow(RangeError);
  expect(() => agreement([['a']], [['a']], 0)).toThrow(RangeError);
});
