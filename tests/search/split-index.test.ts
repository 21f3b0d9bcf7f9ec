import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/core/random';
import { dot, normalise } from '../../src/core/vectors';
import { float16ToFloat32, float32ToFloat16 } from '../../src/formats/float16';
import { SplitIndex } from '../../src/search/split-index';
import assembled from '../../src/search/split-rows.wasm.json';
import { assembledWat } from '../../tools/assemble';

test('what is kept is what its source assembles to', async () => {
  expect(assembled).toBe(await assembledWat('src/search/split-rows'));
});

/** Rows of float16 numbers in a narrow cone, as CLIP's are, so that many have nearly one score. */
function coneOf(count: number, dim: number, seed: number) {
  const random = mulberry32(seed);
  const middle = Array.from({ length: dim }, () => random() - 0.5);
  const data = new Float32Array(count * dim);
  for (let row = 0; row < count; row++)
    data.set(normalise(middle.map((value) => value + 0.4 * (random() - 0.5))), row * dim);
  return float32ToFloat16(data);
}

test.each([
  [1, 3],
  [5, 16],
  [301, 20],
  [4000, 512],
  [3000, 1024],
])('finds the best of %i rows of %i numbers, with their cosines', (count, dim) => {
  const halves = coneOf(count, dim, count + dim);
  const index = new SplitIndex(dim, count);
  index.add(halves.subarray(0, dim));
  index.add(halves.subarray(dim));
  expect([index.count, index.scaled, index.unusable]).toEqual([count, 0, 0]);
  const values = float16ToFloat32(halves);
  const rows = Array.from({ length: count }, (_, row) =>
    normalise(values.subarray(row * dim, (row + 1) * dim)),
  );
  for (let turn = 0; turn < 5; turn++) {
    const query = rows[(turn * 997) % count]!;
    const scores = rows.map((row) => dot(row, query));
    const found = index.topK(query, 10);
    expect(found).toHaveLength(Math.min(10, count));
    // Scores are off by less than 2e-5, so that rows which differ by less may stand in either order.
    const sorted = scores.toSorted((a, b) => b - a);
    for (const [at, { id, score }] of found.entries()) {
      expect(Math.abs(score - scores[id]!)).toBeLessThan(2e-5);
      expect(Math.abs(score - sorted[at]!)).toBeLessThan(2e-5);
    }
  }
});

test('makes rows unit length, and finds none without a direction', () => {
  const index = new SplitIndex(2, 5);
  index.add(float32ToFloat16(Float32Array.of(3, 4, 0, 0, NaN, 1, Infinity, 0, 0.6, -0.8)));
  expect([index.scaled, index.unusable]).toEqual([1, 3]);
  const found = index.topK(Float32Array.of(1, 0), 5);
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set([0, 4]));
  for (const { score } of found) expect(score).toBeCloseTo(0.6, 3);
});

test('refuses what is no row', () => {
  const index = new SplitIndex(4, 1);
  expect(() => index.add(new Uint16Array(3))).toThrow(RangeError);
  expect(() => index.add(new Uint16Array(8))).toThrow(RangeError);
  expect(() => index.topK(new Float32Array(3), 1)).toThrow(RangeError);
});
