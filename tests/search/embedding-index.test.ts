import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float16ToFloat32 } from '../../src/formats/float16';
import { norm } from '../../src/core/vectors';
import { EmbeddingIndex } from '../../src/search/embedding-index';
import { clusteredRows, unitRows } from './duplicates/rows';
import { describeTopK } from './top-k-suite';

const row = (...numbers: number[]) => Float32Array.from(numbers);

/** The index as a map from id to numbers. */
function contents(index: EmbeddingIndex): Map<number, number[]> {
  return new Map(Array.from(index.ids(), (id) => [id, [...(index.get(id) ?? [])]]));
}

describe('an index', () => {
  test('keeps, replaces and forgets rows', () => {
    const index = new EmbeddingIndex(2);
    index.set(7, row(1, 0));
    index.set(3, row(0, 1));
    index.set(7, row(0.5, -1));
    expect(index.count).toBe(2);
    expect(contents(index)).toEqual(
      new Map([
        [7, [expect.closeTo(0.5, 4), -1]],
        [3, [0, 1]],
      ]),
    );
    expect(index.remove(7)).toBe(true);
    expect(index.remove(7)).toBe(false);
    expect(index.get(7)).toBeUndefined();
    expect(contents(index)).toEqual(new Map([[3, [0, 1]]]));
  });

  test('keeps the same row from float16 numbers as from what they are', () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
    const [index, other] = [new EmbeddingIndex(8), new EmbeddingIndex(8)];
    for (let id = 0; id < halves.length / 8; id++) {
      const eight = halves.subarray(8 * id, 8 * id + 8);
      index.setHalves(id, eight);
      other.set(id, float16ToFloat32(eight));
    }
    for (const [c, { ids, peaks, numbers }] of index.chunks.entries()) {
      expect({ ids, peaks, numbers }).toEqual({
        ids: other.chunks[c]!.ids,
        peaks: other.chunks[c]!.peaks,
        numbers: other.chunks[c]!.numbers,
      });
    }
    expect(() => new EmbeddingIndex(8).setHalves(3, halves)).toThrow(RangeError);
    expect(() => new EmbeddingIndex(8).setHalves(-1, halves.subarray(0, 8))).toThrow(RangeError);
  });

  test('copies its input', () => {
    const index = new EmbeddingIndex(1);
    const given = row(1);
    index.set(0, given);
    given[0] = 5;
    expect(index.get(0)).toEqual(row(1));
  });

  test('gives the cosine of every row with every query, in the order of ids()', () => {
    const index = new EmbeddingIndex(2);
    index.set(5, row(1, 0));
    index.set(2, row(0.6, 0.8));
    expect([...index.ids()]).toEqual([5, 2]);
    const near = (value: number): unknown => expect.closeTo(value, 4);
    expect([...index.cosines(row(1, 0, 0, 1))]).toEqual([1, 0, near(0.6), near(0.8)]);
    expect(index.cosines(row())).toEqual(row());
    expect(new EmbeddingIndex(2).cosines(row(1, 0))).toEqual(row());
  });

  test('equal rows score equally, wherever they lie', () => {
    const index = new EmbeddingIndex(5);
    for (let id = 0; id < 1030; id++) index.set(id, row(0.1, 0.2, 0.3, 0.4, 0.5));
    const query = row(0.5, -0.1, 0.3, 0.7, 0.2);
    expect(new Set(index.cosines(query)).size).toBe(1);
  });

  test('returns a row within half a step of its peak, and stores the result as the same row', () => {
    const draw = unitRows(512, 4);
    for (let id = 0; id < 200; id++) {
      const index = new EmbeddingIndex(512);
      const given = draw();
      index.set(1, given);
      const kept = index.get(1)!;
      const peak = Math.max(...given.map(Math.abs));
      const errors = kept.map((value, i) => value - given[i]!);
      expect(Math.max(...errors.map(Math.abs))).toBeLessThan((1.01 * peak) / 65534);
      index.set(2, kept);
      expect(index.get(2)).toEqual(kept);
      expect(new Set(index.cosines(given)).size).toBe(1);
    }
  });

  test('has cosine errors of a few millionths on rows of 512', () => {
    const rows = clusteredRows(200, 512, 6);
    const index = new EmbeddingIndex(512);
    for (const [id, each] of rows.entries()) index.set(id, each);
    const exact = rows.map((each) => each.reduce((sum, value, i) => sum + value * rows[0]![i]!, 0));
    const errors = index.cosines(rows[0]!).map((cosine, i) => cosine - exact[i]!);
    expect(norm(errors) / Math.sqrt(errors.length)).toBeLessThan(2e-6);
  });

  test('stores a row with NaN, which has no cosine', () => {
    const index = new EmbeddingIndex(2);
    for (const [id, value] of [NaN, Infinity, -Infinity].entries()) index.set(id, row(value, 1));
    index.set(3, row(0, 0));
    expect([...index.cosines(row(1, 1))]).toEqual([NaN, NaN, NaN, 0]);
    expect(index.get(0)).toEqual(row(NaN, NaN));
    expect(index.get(3)).toEqual(row(0, 0));
  });

  test.each([0, -1, 1.5, NaN])('refuses rows of %d numbers', (dim) => {
    expect(() => new EmbeddingIndex(dim)).toThrow(RangeError);
  });

  test('refuses a row or a query of another length, with both lengths', () => {
    const index = new EmbeddingIndex(3);
    expect(() => index.set(0, row(1, 2))).toThrow(new RangeError('A row has 2 numbers instead of 3'));
    expect(() => index.cosines(row(1, 2, 3, 4))).toThrow(new RangeError('4 numbers are not rows of 3'));
    expect(() => index.topK(row(1, 2), 1)).toThrow(new RangeError('A query has 2 numbers instead of 3'));
    expect(index.count).toBe(0);
  });

  test.each([-1, 0.5, 2 ** 31, NaN])('refuses %d as an id', (id) => {
    expect(() => new EmbeddingIndex(1).set(id, row(1))).toThrow(RangeError);
  });
});

test('an index of many chunks agrees with a map after any additions and removals', () => {
  const dim = 3;
  const step = fc.record({ add: fc.boolean(), from: fc.nat(2600), count: fc.nat(1500) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const index = new EmbeddingIndex(dim);
      const expected = new Map<number, number[]>();
      for (const [turn, { add, from, count }] of steps.entries()) {
        for (let id = from; id < from + count; id++) {
          // Beside 32,767 whole numbers are kept as they are; products and sums are exact.
          const numbers = [id, turn, -32767];
          if (add) index.set(id, row(...numbers));
          else expect(index.remove(id)).toBe(expected.has(id));
          if (add) expected.set(id, numbers);
          else expected.delete(id);
        }
      }
      expect(index.count).toBe(expected.size);
      expect(contents(index)).toEqual(expected);
      const cosines = index.cosines(row(2, 4, 8));
      const ids = index.ids();
      expect(ids.length).toBe(cosines.length);
      for (const [i, id] of ids.entries()) {
        const [a = NaN, b = NaN, c = NaN] = expected.get(id) ?? [];
        if (cosines[i] !== 2 * a + 4 * b + 8 * c) expect.fail(`Row ${i}, photo ${id}: ${cosines[i]}`);
      }
    }),
    { numRuns: 30 },
  );
});

describeTopK('on the CPU', (index) => index.topK.bind(index), 300);
