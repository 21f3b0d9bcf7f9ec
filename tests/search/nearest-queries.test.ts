import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestQueries } from '../../src/search/nearest-queries';

describe('nearestQueries', () => {
  it('gives the nearest of each row, descending, equal ones in their order', () => {
    const cosines = Float32Array.of(0.25, 0.5, -0.5, 0.5, /* second */ 0, 0.75, -1, 0.125);
    const some = nearestQueries(Int32Array.of(7, 9), cosines, 4, 3, 2);
    expect(some.each).toBe(3);
    expect([...some.ids]).toEqual([7, 9]);
    expect([...some.queries]).toEqual([1, 3, 0, 1, 3, 0]);
    expect([...some.cosines]).toEqual([0.5, 0.5, 0.25, 0.75, 0.125, 0]);
    // ln(e^0.5 + e^1 + e^-1 + e^1), ln(e^0 + e^1.5 + e^-2 + e^0.25), by Python.
    expect(some.logSums[0]).toBeCloseTo(2.0086386897, 9);
    expect(some.logSums[1]).toBeCloseTo(1.9316735406, 9);
  });

  it('gives all where there are not so many, and nothing for no queries or rows', () => {
    const all = nearestQueries(Int32Array.of(1), Float32Array.of(0.5, 0.75), 2, 9, 1);
    expect([...all.queries, ...all.cosines]).toEqual([1, 0, 0.75, 0.5]);
    expect(nearestQueries(Int32Array.of(1), new Float32Array(), 0, 9, 1).each).toBe(0);
    expect(nearestQueries(new Int32Array(), new Float32Array(), 3, 9, 1).logSums.length).toBe(0);
  });

  it('puts what is no number last, and overflows at no scale', () => {
    const odd = nearestQueries(Int32Array.of(1), Float32Array.of(NaN, 0.5, NaN), 3, 2, 1);
    expect([...odd.queries]).toEqual([1, 0]);
    expect(odd.logSums[0]).toBeNaN();
    const steep = nearestQueries(Int32Array.of(1), Float32Array.of(1, -1), 2, 2, 1e6);
    expect(steep.logSums[0]).toBe(1e6);
  });

  it('gives the same few as are first among all', () => {
    const value = fc.integer({ min: -8, max: 8 }).map((n) => n / 8);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.nat(12), (values, most) => {
        const cosines = Float32Array.from(values);
        const few = nearestQueries(Int32Array.of(0), cosines, values.length, most, 10);
        const all = nearestQueries(Int32Array.of(0), cosines, values.length, values.length, 10);
        expect([...few.queries]).toEqual([...all.queries.slice(0, most)]);
        expect([...few.logSums]).toEqual([...all.logSums]);
      }),
    );
  });
});
