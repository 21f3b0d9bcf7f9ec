import { expect, test } from 'vitest';
import type { PreprocessSettings, ResizeMode } from '../../src/core/preprocess-settings';
import { fit } from '../../src/image/geometry';
import { index } from './fixture-index';
import { fixtureSettings } from '../../tools/conformance/fixture-picture';

function settings(resizeMode: ResizeMode, size: readonly [number, number]): PreprocessSettings {
  return { size, resizeMode, interpolation: 'bilinear', fillColor: 0, mean: [0, 0, 0], std: [1, 1, 1] };
}

function resized(width: number, height: number, cfg: PreprocessSettings): [number, number] {
  const { horizontal, vertical } = fit(width, height, cfg);
  return [horizontal.resized, vertical.resized];
}

test('resizes every fixture to the size the reference does', () => {
  for (const entry of index.cases) {
    const image = index.images[entry.image]!;
    const isTurned = entry.variant === 'exif_upright';
    const [width, height] = isTurned ? [image.height, image.width] : [image.width, image.height];
    expect(resized(width, height, fixtureSettings(index, entry))).toEqual(entry.resized_to);
  }
});

test.each([
  // Square shortest cuts the long side off at the whole pixel, the others round half to even.
  ['shortest', [224, 224], 400, 251, [356, 224]],
  ['shortest', [224, 224], 251, 400, [224, 356]],
  ['longest', [10, 10], 100, 25, [10, 2]],
  ['longest', [10, 10], 100, 35, [10, 4]],
  ['shortest', [10, 20], 100, 35, [29, 10]],
  ['squash', [10, 20], 100, 35, [20, 10]],
  // Pillow refuses a side of no pixels; one is left.
  ['longest', [32, 32], 12000, 100, [32, 1]],
] as const)('%s to %j from %i x %i', (mode, size, width, height, expected) => {
  expect(resized(width, height, settings(mode, size))).toEqual(expected);
});

test('the crop begins at the half rounded to even', () => {
  const starts = [224, 225, 226, 227, 228, 229].map((width) =>
    fit(width, 224, settings('shortest', [224, 224])),
  );
  expect(starts.map(({ horizontal }) => horizontal.start)).toEqual([0, 0, 1, 2, 2, 2]);
});

test('what is missing is filled, the odd pixel at the end', () => {
  const { horizontal, vertical } = fit(100, 50, settings('longest', [101, 101]));
  expect(horizontal).toMatchObject({ resized: 101, start: 0, length: 101, padding: 0 });
  expect(vertical).toMatchObject({ resized: 50, start: 0, length: 50, padding: 25 });
});

test('an oblong shortest is bicubic whatever was asked', () => {
  expect(fit(100, 50, settings('shortest', [10, 20])).interpolation).toBe('bicubic');
  expect(fit(100, 50, settings('shortest', [20, 20])).interpolation).toBe('bilinear');
  expect(fit(100, 50, settings('squash', [10, 20])).interpolation).toBe('bilinear');
});
