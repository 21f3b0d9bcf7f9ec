import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { fit, fitFrame } from '../../src/image/geometry';
import { neededScale } from '../../src/image/needed-scale';
import { uprightPixels, uprightSize } from '../../src/image/orientation';
import type { FramedPicture } from '../../src/image/picture';
import { preprocessSource } from '../../src/image/preprocess';
import { sourceOf } from '../../src/image/raster';
import { resize } from '../../src/image/resize';
import { eighthsFor } from '../../src/image/scaled-frame';
import { differing } from './differing';
import framedJson from '../fixtures/framed.json';
import plainJson from '../fixtures/plain-pictures.json';

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** Written by tools/oracles/framed.py. */
const { width, height, source, cases } = framedJson;

test.each(cases)('a part whose edges lie between pixels is resized as by Pillow: $box to $size', (entry) => {
  const [left, top, right, bottom] = entry.box as [number, number, number, number];
  const [columns, rows] = entry.size as [number, number];
  const axis = (pixels: number, resized: number, box: readonly [number, number]) => ({
    source: pixels,
    resized,
    start: 0,
    length: resized,
    target: resized,
    padding: 0,
    box,
  });
  const plan = {
    horizontal: axis(width, columns, [left, right]),
    vertical: axis(height, rows, [top, bottom]),
    interpolation: entry.interpolation as 'bicubic' | 'bilinear',
  };
  const made = resize(sourceOf({ width, height, channels: 1, data: bytesOf(source) }), plan, 1);
  expect(differing(new Uint8Array(made), bytesOf(entry.pixels))).toBe(0);
});

test('pixels are turned as Pillow turns them', () => {
  const stored = plainJson.turned[0]!;
  const pixels = rgbx(bytesOf(stored.rgb));
  for (const { name, orientation, width: columns, height: rows, rgb } of plainJson.turned) {
    // JPEG's pixels are not quite those of the others.
    if (name.startsWith('JPEG')) continue;
    expect(uprightSize(stored.width, stored.height, orientation)).toEqual([columns, rows]);
    expect(uprightPixels(pixels, stored.width, stored.height, orientation)).toEqual(rgbx(bytesOf(rgb)));
  }
});

function rgbx(rgb: Uint8Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: rgb.length / 3 }, (_, i) =>
    [0, 1, 2].reduce((sum, channel) => sum + rgb[i * 3 + channel]! * 256 ** channel, 0),
  );
}

const settings = (resizeMode: PreprocessSettings['resizeMode'], size = 96): PreprocessSettings => ({
  size: [size, size],
  resizeMode,
  interpolation: 'bicubic',
  fillColor: 0,
  mean: [0, 0, 0],
  std: [1, 1, 1],
});

const side = fc.integer({ min: 1, max: 5000 });
const mode = fc.constantFrom('shortest', 'longest', 'squash');
const edge = fc.constantFrom(0, 360);

describe('the scale of a frame', () => {
  test.each([
    // 96 px from 1200: twice that is 192, of which 2/8 has 300 and 1/8 only 150.
    [1600, 1200, 0, 2],
    // 300 px are about as many as the thumbnail's 360, 250 are not.
    [1600, 1200, 360, 2],
    [3000, 2000, 360, 2],
    [4032, 3024, 360, 1],
    [640, 480, 0, 4],
    // Too small for any.
    [200, 150, 0, 8],
    [100, 75, 360, 8],
  ])('%i x %i with a thumbnail of %i: %i eighths', (w, h, thumbnail, eighths) => {
    expect(eighthsFor(neededScale({ width: w, height: h }, settings('shortest'), thumbnail))).toBe(eighths);
  });

  test('has twice the pixels of the resized picture along both axes, and four fifths of those of the thumbnail', () => {
    fc.assert(
      fc.property(side, side, mode, edge, (w, h, resizeMode, thumbnail) => {
        const cfg = settings(resizeMode);
        const eighths = eighthsFor(neededScale({ width: w, height: h }, cfg, thumbnail));
        expect(eighths).toBeGreaterThanOrEqual(1);
        expect(eighths).toBeLessThanOrEqual(8);
        if (eighths === 8) return;
        const { horizontal, vertical } = fit(w, h, cfg);
        expect((w * eighths) / 8).toBeGreaterThanOrEqual(2 * horizontal.resized);
        expect((h * eighths) / 8).toBeGreaterThanOrEqual(2 * vertical.resized);
        // Never longer than four times the edge.
        const least = 0.8 * Math.min(w, h, thumbnail, (4 * thumbnail * Math.min(w, h)) / Math.max(w, h));
        expect((Math.min(w, h) * eighths) / 8).toBeGreaterThanOrEqual(least * (1 - 1e-12));
      }),
    );
  });
});

describe('a plan for a frame', () => {
  /** A frame at `eighths` that reaches beyond the picture at the right and the bottom, or else at the left and top. */
  function frame(w: number, h: number, eighths: number, isFirst: boolean): FramedPicture {
    const [columns, rows] = [Math.ceil((w * eighths) / 8), Math.ceil((h * eighths) / 8)];
    const [across, down] = [(w * eighths) / 8, (h * eighths) / 8];
    const data = Uint8Array.from({ length: columns * rows * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return [(pixel % columns) * 2, Math.floor(pixel / columns) * 2, 77][i % 3]!;
    });
    return {
      ...sourceOf({ width: columns, height: rows, channels: 3, data }),
      full: { width: w, height: h },
      box: isFirst ? [columns - across, rows - down, columns, rows] : [0, 0, across, down],
    };
  }

  test('crops where the plan for the whole picture does', () => {
    fc.assert(
      fc.property(
        side,
        side,
        mode,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (w, h, resizeMode, n, isFirst) => {
          const picture = {
            ...frame(1, 1, 8, false),
            width: Math.ceil((w * n) / 8),
            height: Math.ceil((h * n) / 8),
            full: { width: w, height: h },
            box: isFirst
              ? ([Math.ceil((w * n) / 8) - (w * n) / 8, 0, Math.ceil((w * n) / 8), (h * n) / 8] as const)
              : ([0, 0, (w * n) / 8, (h * n) / 8] as const),
          };
          const cfg = settings(resizeMode);
          const [plan, whole] = [fitFrame(picture, cfg), fit(w, h, cfg)];
          for (const name of ['horizontal', 'vertical'] as const) {
            const { source: pixels, box, ...placed } = plan[name];
            const { source: _, ...expected } = whole[name];
            expect(placed).toEqual(expected);
            expect(box![1] - box![0]).toBe((whole[name].source * n) / 8);
            expect(box![1]).toBeLessThanOrEqual(pixels);
          }
        },
      ),
    );
  });

  test('a ramp keeps its place, whatever the sides are rounded to', () => {
    // 301 x 203 at 3/8: 113 x 77, of which the picture covers 112.875 x 76.125.
    const made = preprocessSource(
      frame(301, 203, 3, false),
      settings('squash', 8),
      fitFrame(frame(301, 203, 3, false), settings('squash', 8)),
    );
    for (let x = 1; x < 7; x++) {
      // Twice the centre of the resized pixel, in the frame's, whose first centre is at 0.5.
      expect(Math.abs(made[x * 3]! - 2 * (((x + 0.5) * 112.875) / 8 - 0.5))).toBeLessThan(1);
    }
    const turned = frame(301, 203, 3, true);
    const other = preprocessSource(turned, settings('squash', 8), fitFrame(turned, settings('squash', 8)));
    for (let y = 1; y < 7; y++) {
      expect(Math.abs(other[y * 8 * 3 + 1]! - 2 * (0.875 + ((y + 0.5) * 76.125) / 8 - 0.5))).toBeLessThan(1);
    }
  });
});
