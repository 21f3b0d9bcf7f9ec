import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dot } from '../../src/core/vectors';
import { EmbeddingIndex } from '../../src/search/embedding-index';
import type { Scored, Subset } from '../../src/search/top-k';
import { blend, clusteredRows, unitRows } from './duplicates/rows';

/** What searches an index: `EmbeddingIndex.topK` or a twin of it. */
export type Search = (query: Float32Array, k: number, among?: Subset) => Scored[] | Promise<Scored[]>;

const row = (...numbers: number[]) => Float32Array.from(numbers);

export function indexOf(rows: readonly Float32Array[], firstId = 0): EmbeddingIndex {
  const index = new EmbeddingIndex(rows[0]?.length ?? 1);
  for (const [i, each] of rows.entries()) index.set(firstId + i, each);
  return index;
}

/** The same by sorting every cosine. */
export function sortedAll(index: EmbeddingIndex, query: Float32Array, k: number, among?: Subset): Scored[] {
  const ids = index.ids();
  return Array.from(index.cosines(query), (score, i) => ({ id: ids[i]!, score }))
    .filter(({ id, score }) => !Number.isNaN(score) && among?.has(id) !== false)
    .sort((a, b) => (a.score === b.score ? a.id - b.id : b.score - a.score))
    .slice(0, k);
}

/** What every way to search an index must give. `open` makes one; `runs` examples are drawn of each property. */
export function describeTopK(
  name: string,
  open: (index: EmbeddingIndex) => Search | Promise<Search>,
  runs: number,
): void {
  describe(`top-k ${name}`, () => {
    test.each<[string, number[][], number[], number, [id: number, score: number][]]>([
      [
        'the best, falling',
        [
          [0, 1],
          [1, 0],
          [-1, 0],
        ],
        [1, 0],
        2,
        [
          [1, 1],
          [0, 0],
        ],
      ],
      [
        'equal scores by rising id',
        [
          [0, 1],
          [1, 0],
          [0, 1],
          [1, 0],
        ],
        [0, 2],
        3,
        [
          [0, 2],
          [2, 2],
          [1, 0],
        ],
      ],
      [
        'all of them when k is larger',
        [
          [1, 0],
          [0, -1],
        ],
        [0, 1],
        9,
        [
          [0, 0],
          [1, -1],
        ],
      ],
      ['none for k = 0', [[1, 0]], [1, 0], 0, []],
      ['none of nothing', [], [1, 0], 3, []],
      [
        'no row that is not a number',
        [
          [NaN, 1],
          [1, 0],
          [1, Infinity],
        ],
        [1, 1],
        3,
        [[1, 1]],
      ],
      ['nothing for a query that is none', [[1, 0]], [NaN, 1], 3, []],
      [
        'lowest ids for a query of zeros',
        [
          [1, 0],
          [0, 1],
          [1, 0],
        ],
        [0, 0],
        2,
        [
          [0, 0],
          [1, 0],
        ],
      ],
    ])('gives %s', async (_, rows, query, k, expected) => {
      const index = new EmbeddingIndex(2);
      for (const [id, numbers] of rows.entries()) index.set(id, row(...numbers));
      const search = await open(index);
      expect(await search(row(...query), k)).toEqual(expected.map(([id, score]) => ({ id, score })));
    });

    test('refuses a query of another length', async () => {
      const search = await open(indexOf([row(1, 2)]));
      await expect(async () => search(row(1), 1)).rejects.toThrow(
        new RangeError('A query has 1 numbers instead of 2'),
      );
    });

    test.each([64, 65, 3])('is exact on clustered rows of %d numbers', async (dim) => {
      const rows = clusteredRows(3000, dim, 7);
      const index = indexOf(rows);
      const search = await open(index);
      for (const query of [rows[10]!, rows[2999]!, unitRows(dim, 3)()]) {
        for (const k of [1, 100, 2000]) {
          const found = await search(query, k);
          expect(found).toEqual(sortedAll(index, query, k));
          // A number is off by half a step of its row at most, and a score by a rounding to float32.
          const length = query.reduce((sum, value) => sum + Math.abs(value), 0);
          for (const { id, score } of found) {
            const peak = rows[id]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
            const bound = (peak * length) / 65534 + 2 ** -23;
            expect(Math.abs(score - dot(rows[id]!, query))).toBeLessThan(bound);
          }
        }
      }
    });

    test('breaks ties by ascending id, whatever their order', async () => {
      const tied = unitRows(64, 1)();
      const index = new EmbeddingIndex(64);
      for (let i = 0; i < 2100; i++) index.set((i * 1009) % 2100, tied);
      const found = await (await open(index))(tied, 50);
      expect(found.map(({ id }) => id)).toEqual([...Array(50).keys()]);
      expect(new Set(found.map(({ score }) => score)).size).toBe(1);
    });

    test('distinguishes rows that differ in one number by one step', async () => {
      const base = unitRows(64, 2)();
      const index = new EmbeddingIndex(64);
      const step = base.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 32767;
      for (let id = 0; id < 2000; id++) {
        const near = base.slice();
        if (id % 3 > 0) near[id % 64]! += id % 2 === 0 ? step : -step;
        index.set(id, near);
      }
      const search = await open(index);
      expect(await search(base, 100)).toEqual(sortedAll(index, base, 100));
    });

    test('distinguishes rows nearly orthogonal to the query, whose products almost cancel', async () => {
      const draw = unitRows(64, 12);
      const query = draw();
      const rows = Array.from({ length: 3000 }, () => {
        const other = draw();
        const along = dot(other, query);
        return other.map((value, i) => value - along * query[i]!);
      });
      const index = indexOf(rows);
      const search = await open(index);
      for (const k of [500, 1000, 1500, 2000, 2500]) {
        expect(await search(query, k)).toEqual(sortedAll(index, query, k));
      }
    });

    test.each([1e-44, 1e-30, 1e30])('accepts queries and rows of norm %d', async (length) => {
      const rows = clusteredRows(300, 16, 5);
      const scaled = rows.map((each) => each.map((value) => value * length));
      for (const [index, query] of [
        [indexOf(rows), scaled[4]!],
        [indexOf([...rows, ...scaled]), rows[4]!],
        [indexOf(scaled), scaled[4]!],
      ] as const) {
        expect(await (await open(index))(query, 40)).toEqual(sortedAll(index, query, 40));
      }
    });

    test('finds the best of a subset', async () => {
      const rows = clusteredRows(2500, 64, 9);
      const index = indexOf(rows);
      const search = await open(index);
      const even = { has: (id: number) => id % 2 === 0 };
      const few = new Set([2400, 3, 77, 99_999]);
      expect(await search(rows[1]!, 20, even)).toEqual(sortedAll(index, rows[1]!, 20, even));
      expect(new Set((await search(rows[1]!, 20, few)).map(({ id }) => id))).toEqual(new Set([3, 77, 2400]));
      expect(await search(rows[1]!, 20, new Set())).toEqual([]);
    });

    test('reflects rows added, replaced and removed', async () => {
      const draw = unitRows(64, 11);
      const query = draw();
      const index = indexOf(Array.from({ length: 1500 }, draw));
      const search = await open(index);
      const expectExact = async () => expect(await search(query, 10)).toEqual(sortedAll(index, query, 10));
      await expectExact();
      index.set(700, query);
      index.set(5000, blend(query, draw(), 0.9));
      await expectExact();
      for (let id = 0; id < 1490; id++) if (id !== 700) index.remove(id);
      await expectExact();
      for (let id = 0; id < 1100; id++) index.set(id, draw());
      await expectExact();
      for (const id of index.ids()) index.remove(id);
      await expectExact();
      index.set(1, query);
      await expectExact();
    });

    test('is exact for any rows', async () => {
      // Few different numbers, so that ties are the rule, and some that make rows of very different lengths.
      const number = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.float({ noDefaultInfinity: true }));
      const rows = (dim: number) =>
        fc.array(fc.array(number, { minLength: dim, maxLength: dim }), { minLength: 1, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 20 }).chain(rows), fc.nat(20), async (numbers, k) => {
          const [query, ...others] = numbers.map((each) => row(...each));
          const index = new EmbeddingIndex(query!.length);
          for (const [id, each] of others.entries()) index.set((id * 7) % 61, each);
          expect(await (await open(index))(query!, k)).toEqual(sortedAll(index, query!, k));
        }),
        { numRuns: runs },
      );
    });
  });
}
