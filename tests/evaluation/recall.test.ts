import { describe, expect, it } from 'vitest';
import type { UnitRows } from '../../src/core/unit-rows';
import { ranksOf, recallAt } from '../../src/evaluation/recall';

const rows = (dim: number, ...data: number[]): UnitRows => ({
  count: data.length / dim,
  dim,
  data: Float32Array.from(data),
});

describe('ranksOf', () => {
  it('counts the candidates that score higher than the answer', () => {
    const queries = rows(2, 1, 0, 0, 1, 0.6, 0.8);
    const candidates = rows(2, 1, 0, 0.8, 0.6, 0, 1);
    expect([...ranksOf(queries, candidates, [0, 0, 2])]).toEqual([0, 2, 1]);
  });

  it('lets the earlier of equal candidates stand first', () => {
    const same = rows(1, 1, 1, 1);
    expect([...ranksOf(same, same, [0, 1, 2])]).toEqual([0, 1, 2]);
  });

  it('refuses an answer that is no candidate, and rows of another length', () => {
    expect(() => ranksOf(rows(1, 1), rows(1, 1), [1])).toThrow('Query 0 names candidate 1 of 1');
    expect(() => ranksOf(rows(1, 1), rows(1, 1), [])).toThrow(RangeError);
    expect(() => ranksOf(rows(1, 1), rows(2, 1, 0), [0])).toThrow(RangeError);
  });
});

describe('recallAt', () => {
  it('is the share of ranks below k', () => {
    const ranks = Uint32Array.of(0, 4, 5, 0);
    expect(recallAt(1, ranks)).toBe(0.5);
    expect(recallAt(5, ranks)).toBe(0.75);
    expect(recallAt(6, ranks)).toBe(1);
  });
});
