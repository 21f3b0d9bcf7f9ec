import { describe, expect, test } from 'vitest';
import { dot } from '../../../src/core/vectors';
import { planHashes } from '../../../src/search/duplicates/hash-plan';
import { Leaders } from '../../../src/search/duplicates/leaders';
import { blend, clusteredRows, unitRows } from './rows';

const THRESHOLD = 0.96;

describe('the search for leaders', () => {
  test.each([
    ['without bits', { bits: 0, tables: 1 }],
    ['by all 32 bits of a key', { bits: 32, tables: 5 }],
  ])('finds a row itself, once, and not its opposite, %s', (_, plan) => {
    const leaders = new Leaders(128, 2, THRESHOLD, plan, 1);
    const row = unitRows(128, 2)();
    expect(leaders.candidates(leaders.sketch(row))).toEqual([]);
    expect(leaders.add(leaders.sketch(row))).toBe(0);
    expect(leaders.add(leaders.sketch(row.map((value) => -value)))).toBe(1);
    expect(leaders.count).toBe(2);
    expect(leaders.candidates(leaders.sketch(row))).toEqual([0]);
  });

  test.each([
    [3000, 128],
    [2000, 200],
  ])('finds 99 of 100 near pairs among %d rows of %d in a narrow cone', (count, dim) => {
    const rows = clusteredRows(count, dim, 3);
    const cosines = rows.map((row, i) => dot(row, rows[(i + count / 2) % count]!));
    const plan = planHashes(count, THRESHOLD, cosines);
    expect(plan.bits).toBeGreaterThan(10);
    const leaders = new Leaders(dim, count, THRESHOLD, plan, 4);
    const near: string[] = [];
    const found: string[] = [];
    for (const [i, row] of rows.entries()) {
      const isNear = (other: number) => dot(rows[other]!, row) >= THRESHOLD;
      const sketch = leaders.sketch(row);
      found.push(
        ...leaders
          .candidates(sketch)
          .filter(isNear)
          .map((other) => `${other} ${i}`),
      );
      for (let other = 0; other < i; other++) if (isNear(other)) near.push(`${other} ${i}`);
      leaders.add(sketch);
    }
    expect(near.length).toBeGreaterThan(count / 5);
    expect(new Set(near)).toEqual(new Set([...near, ...found]));
    expect(new Set(found).size).toBe(found.length);
    expect(found.length / near.length).toBeGreaterThanOrEqual(0.99);
    expect(leaders.comparisons).toBeLessThan(count ** 2 / 2 / 5);
  });

  test('compares 20,000 nearly equal rows only with their leader, once each', () => {
    const draw = unitRows(128, 5);
    const first = draw();
    for (const plan of [
      { bits: 0, tables: 1 },
      { bits: 20, tables: 29 },
    ]) {
      const leaders = new Leaders(128, 20_000, THRESHOLD, plan, 6);
      for (let i = 0; i < 20_000; i++) {
        const sketch = leaders.sketch(blend(first, draw(), 0.995));
        if (leaders.candidates(sketch).length === 0) leaders.add(sketch);
      }
      expect(leaders.count).toBe(1);
      expect(leaders.comparisons).toBe(19_999);
    }
  });
});
