import { describe, expect, test } from 'vitest';
import { dot, norm } from '../../../src/core/vectors';
import { Projections } from '../../../src/search/duplicates/projections';
import { blend, unitRows } from './rows';

describe('random projections', () => {
  test.each([
    [2, 1, 64, 64],
    [64, 64, 64, 64],
    [128, 300, 128, 384],
    [200, 0, 256, 256],
  ])('of %d numbers, %d wanted, come in rounds of %d, %d in all', (dim, count, width, length) => {
    const projections = new Projections(dim, count, 1);
    expect(projections.width).toBe(width);
    expect(projections.of(unitRows(dim, 2)())).toHaveLength(length);
  });

  test('preserve norms and angles in each round', () => {
    const draw = unitRows(200, 3);
    const [a, b] = [draw(), draw()];
    const projections = new Projections(200, 512, 4);
    const [turnedA, turnedB] = [projections.of(a).slice(), projections.of(b).slice()];
    for (const start of [0, 256]) {
      const [roundA, roundB] = [turnedA.subarray(start, start + 256), turnedB.subarray(start, start + 256)];
      expect(norm(roundA)).toBeCloseTo(1, 6);
      expect(dot(roundA, roundB)).toBeCloseTo(dot(a, b), 6);
    }
  });

  test('differ by seed alone', () => {
    const row = unitRows(64, 5)();
    expect(new Projections(64, 1, 6).of(row)).toEqual(new Projections(64, 1, 6).of(row));
    expect(new Projections(64, 1, 6).of(row)).not.toEqual(new Projections(64, 1, 7).of(row));
  });

  test.each([3, 128, 512])('separate rows of %d numbers as often as hyperplanes do', (dim) => {
    const cosine = 0.9;
    const draw = unitRows(dim, 8);
    let [parted, all] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const projections = new Projections(dim, 1024, seed);
      const a = draw();
      const other = draw();
      // What of it is at a right angle to `a`.
      const aside = other.map((value, i) => value - dot(a, other) * (a[i] ?? 0));
      const b = blend(
        a,
        aside.map((value) => value / norm(aside)),
        cosine,
      );
      const [valuesA, valuesB] = [projections.of(a).slice(), projections.of(b)];
      parted += valuesA.reduce((sum, value, i) => sum + Number(value < 0 !== (valuesB[i] ?? 0) < 0), 0);
      all += valuesA.length;
    }
    expect(parted / all).toBeCloseTo(Math.acos(cosine) / Math.PI, 2);
  });
});
