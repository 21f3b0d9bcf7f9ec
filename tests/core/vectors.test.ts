import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosine, dot, largestDifference, norm, normalise, normaliseInPlace } from '../../src/core/vectors';

test('dot sums the products', () => {
  expect(dot([1, 2, 3], [4, -5, 6])).toBe(12);
  expect(dot([], [])).toBe(0);
});

test('vectors of different lengths are refused, with both lengths', () => {
  expect(() => dot([1, 2], [1, 2, 3])).toThrow(
    new RangeError('Vectors of length 2 and 3 have no dot product'),
  );
  expect(() => cosine([1, 2], [1, 2, 3])).toThrow(RangeError);
});

test('norm is the Euclidean length', () => {
  expect(norm([3, 4])).toBe(5);
  expect(norm([0, 0])).toBe(0);
});

describe('normalise', () => {
  test('gives length 1 and leaves its input alone', () => {
    const vector = Float32Array.of(3, 4);
    expect(normalise(vector)).toEqual(Float32Array.of(0.6, 0.8));
    expect(vector).toEqual(Float32Array.of(3, 4));
  });

  test('in place changes only the part it is given', () => {
    const rows = Float32Array.of(3, 4, 5, 12);
    const row = rows.subarray(2);
    expect(normaliseInPlace(row)).toBe(row);
    expect(rows).toEqual(Float32Array.of(3, 4, 5 / 13, 12 / 13));
  });

  test('leaves a zero vector at zero', () => {
    expect(normalise([0, 0])).toEqual(Float32Array.of(0, 0));
    expect(normaliseInPlace(new Float32Array(2))).toEqual(Float32Array.of(0, 0));
  });

  test('copes with numbers whose squares float32 does not hold', () => {
    expect(normalise([3e30, 4e30])).toEqual(Float32Array.of(0.6, 0.8));
    expect(norm(normalise([1e-8, 1e-8]))).toBeCloseTo(1, 6);
  });
});

describe('cosine', () => {
  test('is 1, 0 or -1 along, across and against', () => {
    expect(cosine([1, 0], [5, 0])).toBe(1);
    expect(cosine([1, 0], [0, 5])).toBe(0);
    expect(cosine([1, 0], [-5, 0])).toBe(-1);
  });

  test('is 0 with a zero vector', () => {
    expect(cosine([0, 0], [1, 2])).toBe(0);
  });

  test('does not depend on length, however small', () => {
    expect(cosine([1e-9, 1e-9], [1e-9, 0])).toBeCloseTo(Math.SQRT1_2, 12);
  });

  test('is the dot product of the unit vectors', () => {
    const vector = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        fc.pre(norm(a) > 1e-6 && norm(b) > 1e-6);
        expect(cosine(a, b)).toBeCloseTo(dot(normalise(a), normalise(b)), 5);
      }),
    );
  });
});

test.each([
  [[1, 2, 3], [1, 2.5, 2], 1],
  [[], [], 0],
  [[1, 2], [1], Infinity],
  [[1, NaN], [1, 2], Infinity],
  [[NaN, 1], [NaN, 9], Infinity],
])('the largest difference of %j and %j is %d', (a, b, largest) => {
  expect(largestDifference(a, b)).toBe(largest);
});
