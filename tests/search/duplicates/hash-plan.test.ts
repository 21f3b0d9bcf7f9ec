import { describe, expect, test } from 'vitest';
import { chanceOfMeeting, planHashes } from '../../../src/search/duplicates/hash-plan';

describe('the chance of a collision', () => {
  test.each([
    [1, 1, 1, 1],
    [1, 1, 0, 0.5],
    [1, 1, -1, 0],
    [2, 1, 0, 0.25],
    [2, 2, 0, 1 - 0.75 ** 2],
    [1, 1, Math.SQRT1_2, 0.75],
    [0, 1, -1, 1],
    // Rounding may take a cosine out of its range.
    [3, 1, 1 + 1e-7, 1],
  ])('by %d bits in %d tables at a cosine of %d', (bits, tables, cosine, chance) => {
    expect(chanceOfMeeting({ bits, tables }, cosine)).toBeCloseTo(chance, 12);
  });

  test('is as the comment says', () => {
    expect(chanceOfMeeting({ bits: 1, tables: 1 }, 0.96)).toBeCloseTo(0.91, 3);
    expect(chanceOfMeeting({ bits: 25, tables: 47 }, 0.96)).toBeGreaterThan(0.99);
    expect(chanceOfMeeting({ bits: 25, tables: 46 }, 0.96)).toBeLessThan(0.99);
    expect(1 / chanceOfMeeting({ bits: 25, tables: 47 }, 0.5)).toBeCloseTo(535, -1);
  });
});

describe('a plan', () => {
  test.each([
    [1000, 0.9, 0.3],
    [5000, 0.96, 0.5],
    [100_000, 0.96, 0.5],
    [100_000, 0.96, 0.8],
    [100_000, 0.8, 0.7],
    [100_000, 1, 0.5],
  ])('for %d rows finds 99 of 100 pairs at %d among rows at %d', (count, threshold, cosine) => {
    const plan = planHashes(count, threshold, [cosine]);
    expect(chanceOfMeeting(plan, threshold)).toBeGreaterThanOrEqual(0.99);
    expect(plan.bits).toBeLessThanOrEqual(32);
    expect(plan.tables).toBeLessThanOrEqual(128);
  });

  test('uses more bits for more rows and for more similar rows', () => {
    const bits = (count: number, cosine: number) => planHashes(count, 0.96, [cosine]).bits;
    expect(bits(100_000, 0.5)).toBeGreaterThan(bits(10_000, 0.5));
    expect(bits(10_000, 0.5)).toBeGreaterThan(bits(10_000, 0.2));
  });

  test.each([
    ['few rows', 20, [0.5]],
    ['rows that are all near', 100_000, [0.97, 0.99]],
    ['rows of which nothing is known', 100_000, []],
    ['no rows', 0, []],
  ])('compares all, without bits, for %s', (_, count, cosines) => {
    expect(planHashes(count, 0.96, cosines)).toEqual({ bits: 0, tables: 1 });
  });
});
