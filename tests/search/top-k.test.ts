import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TopK, type Scored, type Subset } from '../../src/search/top-k';

function topK(ids: ArrayLike<number>, scores: ArrayLike<number>, k: number, among?: Subset): Scored[] {
  const best = new TopK(k, among);
  best.add(ids, scores);
  return best.sorted();
}

/** Golden: ids 0, 1, 2 … with these scores. */
const GOLDEN: [string, number[], number, [id: number, score: number][]][] = [
  [
    'the best, falling',
    [0.1, 0.9, -0.5, 0.3],
    3,
    [
      [1, 0.9],
      [3, 0.3],
      [0, 0.1],
    ],
  ],
  [
    'equal scores by rising id',
    [0.5, 0.7, 0.5, 0.7, 0.5],
    4,
    [
      [1, 0.7],
      [3, 0.7],
      [0, 0.5],
      [2, 0.5],
    ],
  ],
  [
    'all of them when k is larger',
    [0.1, 0.2],
    9,
    [
      [1, 0.2],
      [0, 0.1],
    ],
  ],
  ['none for k = 0', [0.1, 0.2], 0, []],
  ['none of nothing', [], 3, []],
  [
    'no score that is not a number',
    [NaN, 0.2, NaN, -Infinity],
    4,
    [
      [1, 0.2],
      [3, -Infinity],
    ],
  ],
  [
    'zero and minus zero as equal',
    [-0, 0, -0],
    2,
    [
      [0, -0],
      [1, 0],
    ],
  ],
];

describe('topK gives', () => {
  test.each(GOLDEN)('%s', (_, scores, k, expected) => {
    expect(topK([...scores.keys()], scores, k)).toEqual(expected.map(([id, score]) => ({ id, score })));
  });

  test('ids in any order', () => {
    expect(topK(Int32Array.of(30, 10, 20), Float32Array.of(1, 1, 1), 2)).toEqual([
      { id: 10, score: 1 },
      { id: 20, score: 1 },
    ]);
  });

  test('only ids of a subset, and asks only about candidates for the best', () => {
    const asked: number[] = [];
    const odd = { has: (id: number) => asked.push(id) > 0 && id % 2 === 1 };
    expect(topK([0, 1, 2, 3, 4, 5], [0.9, 0.5, 0.8, 0.1, 0.2, 0.6], 1, odd)).toEqual([{ id: 5, score: 0.6 }]);
    expect(asked).toEqual([0, 1, 2, 5]);
  });

  test('the best across all pieces', () => {
    const best = new TopK(2);
    expect(best.floor).toBe(-Infinity);
    best.add([4, 5, 6], [0.5, 0.1, 0.9], 2);
    expect(best.floor).toBe(0.1);
    best.offer(3, 0.5);
    best.add([1], [0.3]);
    expect(best.floor).toBe(0.5);
    expect(best.sorted()).toEqual([
      { id: 3, score: 0.5 },
      { id: 4, score: 0.5 },
    ]);
    expect(new TopK(0).floor).toBe(Infinity);
  });
});

test('topK agrees with sorting everything', () => {
  const scored = fc.record({
    id: fc.nat(1_000_000),
    // Few different scores, so that ties are the rule.
    score: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1, max: 1 }), fc.constant(NaN)),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(scored, { selector: ({ id }) => id, maxLength: 200 }),
      fc.nat(220),
      (all, k) => {
        const byScoreThenId = (a: Scored, b: Scored) =>
          a.score === b.score ? a.id - b.id : b.score - a.score;
        const expected = all.filter(({ score }) => !Number.isNaN(score)).sort(byScoreThenId);
        const ids = all.map(({ id }) => id);
        const scores = all.map(({ score }) => score);
        expect(topK(ids, scores, k)).toEqual(expected.slice(0, k));
      },
    ),
  );
});
