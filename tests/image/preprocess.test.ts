import { expect, test } from 'vitest';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { overWhite } from '../../src/image/alpha';
import { normalise, preprocess, preprocessSource } from '../../src/image/preprocess';
import type { PixelSource, Raster } from '../../src/image/raster';
import { fixturePicture, fixtureSettings } from '../../tools/conformance/fixture-picture';
import { differing } from './differing';
import { index } from './fixture-index';
import { readFixture } from './fixtures';
import { noisePicture } from './noise-picture';
import { describePreprocess, titleOf } from './preprocess-suite';
import { rgbx } from './rgbx';
import { sha256 } from './sha256';

const excused = index.cases.filter((entry) => entry.excused);

describePreprocess('on the CPU', { preprocess, normalised, takesIndices: true }, readFixture);

function normalised(picture: Raster, settings: PreprocessSettings): Float32Array {
  const { size, mean, std } = settings;
  return normalise(preprocess(picture, settings), 1, ...size, mean, std);
}

test.each(excused.map((entry) => [entry.excused, titleOf(entry), entry] as const))(
  'still needs its excuse (%s): %s',
  async (_excuse, _title, entry) => {
    const picture = await fixturePicture(index, entry, readFixture);
    const bytes = preprocess(picture, fixtureSettings(index, entry));
    expect(await sha256(bytes)).not.toBe(entry.sha256);
  },
);

const plain: PreprocessSettings = {
  size: [32, 32],
  resizeMode: 'shortest',
  interpolation: 'bicubic',
  fillColor: 0,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};

test.each([
  [301, 203, 'shortest'],
  [60, 6001, 'shortest'],
  [32, 90, 'squash'],
  [45, 32, 'shortest'],
  [32, 32, 'shortest'],
] as const)(
  '%i x %i %s gives the same bytes from RGB and from four-byte pixels',
  (width, height, resizeMode) => {
    const picture = noisePicture('RGB', width, height, 5);
    const settings = { ...plain, resizeMode };
    expect(preprocess(rgbx(picture), settings)).toEqual(preprocess(picture, settings));
  },
);

test('four-byte pixels need not lie on a word boundary', () => {
  const { width, height, channels, data } = rgbx(noisePicture('RGB', 50, 40, 6));
  const shifted = new Uint8Array(data.length + 1);
  shifted.set(data, 1);
  const odd: Raster = { width, height, channels, data: shifted.subarray(1) };
  expect(preprocess(odd, plain)).toEqual(preprocess({ ...odd, data }, plain));
});

test('a source is asked only for what survives the crop, and never for much at once', () => {
  const width = 4000;
  const height = 1500;
  const asked: [left: number, top: number, columns: number, rows: number][] = [];
  const source: PixelSource = {
    width,
    height,
    channels: 4,
    read(left, top, columns, rows) {
      asked.push([left, top, columns, rows]);
      return { data: new Uint8Array(columns * 4), offset: 0, stride: 0 };
    },
  };
  preprocessSource(source, plain);
  expect(asked.length).toBeGreaterThan(1);
  for (const [left, top, columns, rows] of asked) {
    // 1500 columns survive the crop; the filter reaches 2 * 1500 / 32 further on each side.
    expect(left).toBeGreaterThan(1100);
    expect(left + columns).toBeLessThan(2900);
    expect(top + rows).toBeLessThanOrEqual(height);
    expect(columns * rows).toBeLessThanOrEqual(1 << 20);
  }
});

test('normalise lays out several pictures by plane', () => {
  const bytes = Uint8Array.from([0, 51, 102, 153, 204, 255, 255, 204, 153, 102, 51, 0]);
  const floats = normalise(bytes, 2, 1, 2, [0, 0, 0], [1, 1, 1]);
  const expected = [0, 0.6, 0.2, 0.8, 0.4, 1, 1, 0.4, 0.8, 0.2, 0.6, 0];
  expect(floats).toEqual(Float32Array.from(expected));
});

test('a transparent picture lies over white to the nearest byte, for every colour and alpha', () => {
  const data = new Uint8Array(256 * 256 * 4);
  for (let i = 0; i < 256 * 256; i++) data.set([i & 255, 255 - (i & 255), 77, i >> 8], i * 4);
  const flat = overWhite({ width: 256, height: 256, channels: 4, kind: 'transparent', data });
  const expected = data.map((colour, i) => {
    const alpha = data[i | 3]!;
    return i % 4 === 3 ? 255 : Math.round((colour * alpha + 255 * (255 - alpha)) / 255);
  });
  expect(differing(flat.data, expected)).toBe(0);
});

test('an indexed raster without a palette is refused', () => {
  const picture: Raster = {
    width: 2,
    height: 1,
    channels: 1,
    kind: 'indexed',
    data: Uint8Array.from([0, 1]),
  };
  expect(() => preprocess(picture, plain)).toThrow('palette');
});
