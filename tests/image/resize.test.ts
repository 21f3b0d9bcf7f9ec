import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { filterTable, WEIGHT_BITS } from '../../src/image/filter-weights';
import { fit } from '../../src/image/geometry';
import { preprocessSource } from '../../src/image/preprocess';
import type { PixelSource } from '../../src/image/raster';

const side = fc.integer({ min: 1, max: 64 });
const settings: fc.Arbitrary<PreprocessSettings> = fc.record({
  size: fc.tuple(side, side),
  resizeMode: fc.constantFrom('shortest', 'longest', 'squash'),
  interpolation: fc.constantFrom('bicubic', 'bilinear'),
  fillColor: fc.integer({ min: 0, max: 255 }),
  mean: fc.constant([0, 0, 0] as const),
  std: fc.constant([1, 1, 1] as const),
});

/** A picture of one colour inside a buffer of another: reading outside the picture shows in the result. */
function framed(width: number, height: number, level: number, channels: 1 | 3 | 4): PixelSource {
  const stride = (width + 2) * channels;
  return {
    width,
    height,
    channels,
    read(left, top, columns, rows) {
      expect(Math.min(left, top, columns - 1, rows - 1)).toBeGreaterThanOrEqual(0);
      expect(left + columns).toBeLessThanOrEqual(width);
      expect(top + rows).toBeLessThanOrEqual(height);
      const data = new Uint8Array(stride * (rows + 2)).fill(255 - level);
      for (let y = 1; y <= rows; y++) {
        data.fill(level, y * stride + channels, y * stride + (columns + 1) * channels);
      }
      return { data, offset: stride + channels, stride };
    },
  };
}

test('a picture of one colour stays one, whatever its size, and nothing outside it is read', () => {
  fc.assert(
    fc.property(
      side,
      side,
      fc.constantFrom(0, 1, 127, 255),
      fc.constantFrom(1, 3, 4),
      settings,
      (w, h, level, n, cfg) => {
        const bytes = preprocessSource(framed(w, h, level, n), { ...cfg, fillColor: level });
        expect(bytes.length).toBe(cfg.size[0] * cfg.size[1] * 3);
        expect(bytes.every((byte) => byte === level)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('every weight lies inside the picture and each row sums to one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), side, settings, (source, resized, { interpolation }) => {
      const table = filterTable({ source, resized, start: 0, length: resized }, interpolation);
      for (let i = 0; i < resized; i++) {
        const row = table.weights.subarray(i * table.taps, (i + 1) * table.taps);
        const sum = row.reduce((total, weight) => total + weight, 0);
        // Each weight is rounded by half a unit at most.
        expect(Math.abs(sum - (1 << WEIGHT_BITS))).toBeLessThanOrEqual(table.counts[i]! / 2);
        expect(table.starts[i]).toBeGreaterThanOrEqual(0);
        expect(table.starts[i]! + table.counts[i]!).toBeLessThanOrEqual(source);
      }
    }),
  );
});

test('a table of part of an axis is that part of the whole table', () => {
  const whole = filterTable({ source: 900, resized: 100, start: 0, length: 100 }, 'bicubic');
  const part = filterTable({ source: 900, resized: 100, start: 40, length: 20 }, 'bicubic');
  expect(part.taps).toBe(whole.taps);
  expect(part.starts).toEqual(whole.starts.slice(40, 60));
  expect(part.weights).toEqual(whole.weights.slice(40 * whole.taps, 60 * whole.taps));
});

test('what is kept lies inside the resized picture and fills the input', () => {
  const long = fc.integer({ min: 1, max: 20_000 });
  fc.assert(
    fc.property(long, long, settings, (width, height, cfg) => {
      const { horizontal, vertical } = fit(width, height, cfg);
      for (const axis of [horizontal, vertical]) {
        expect(axis.start).toBeGreaterThanOrEqual(0);
        expect(axis.start + axis.length).toBeLessThanOrEqual(axis.resized);
        expect(axis.padding + axis.length).toBeLessThanOrEqual(axis.target);
        if (axis.length < axis.target) expect(axis.length).toBe(axis.resized);
      }
    }),
  );
});
