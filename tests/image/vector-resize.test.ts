import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fit } from '../../src/image/geometry';
import type { PixelSource } from '../../src/image/raster';
import { resize } from '../../src/image/resize';
import assembled from '../../src/image/vector-resize.wasm.json';
import { assembledWat } from '../../tools/assemble';
import { differing } from './differing';
import { noise } from './noise-picture';

test('what is kept is what its source assembles to', async () => {
  expect(assembled).toBe(await assembledWat('src/image/vector-resize'));
});

/** The same picture in three and in four bytes a pixel, whose rows begin at any byte and lie `gap` bytes apart. */
function twins(
  width: number,
  height: number,
  seed: number,
  gap: number,
): [rgb: PixelSource, rgbx: PixelSource] {
  const pixels = noise(width * height * 3, seed);
  const source = (channels: 3 | 4): PixelSource => {
    const stride = width * channels + gap;
    const data = noise(gap + stride * height, seed + 1);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const at = gap + Math.floor(pixel / width) * stride + (pixel % width) * channels;
      data.set(pixels.subarray(pixel * 3, pixel * 3 + 3), at);
    }
    const read = (left: number, top: number) => ({
      data,
      offset: gap + top * stride + left * channels,
      stride,
    });
    return { width, height, channels, read };
  };
  return [source(3), source(4)];
}

const length = fc.integer({ min: 1, max: 70 });

/** An axis of `source` pixels, not resized to as many, of which some are kept. */
const axis = fc
  .record({
    source: length,
    resized: length,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    isBoxed: fc.boolean(),
  })
  .filter(({ source, resized }) => source !== resized)
  .map(({ source, resized, share, isBoxed }) => {
    const start = Math.min(Math.floor(share * resized), resized - 1);
    const kept = resized - start;
    const box = [share / 2, source - share / 3] as const;
    return { source, resized, start, length: kept, target: kept, padding: 0, ...(isBoxed && { box }) };
  });

const fit: fc.Arbitrary<Fit> = fc.record({
  horizontal: axis,
  vertical: axis,
  interpolation: fc.constantFrom('bicubic', 'bilinear'),
});

test('photos are resized as in JavaScript, to the byte, whatever was resized before', () => {
  fc.assert(
    fc.property(fit, fc.nat(), fc.integer({ min: 0, max: 5 }), (plan, seed, gap) => {
      const [rgb, rgbx] = twins(plan.horizontal.source, plan.vertical.source, seed, gap);
      expect(differing(new Uint8Array(resize(rgbx, plan, 3)), new Uint8Array(resize(rgb, plan, 3)))).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('one that is read in several stripes, and needs more memory than those before, has room', () => {
  const [width, height] = [1100, 1000];
  const plan: Fit = {
    horizontal: { source: width, resized: 99, start: 3, length: 90, target: 90, padding: 0 },
    vertical: { source: height, resized: 61, start: 1, length: 60, target: 60, padding: 0 },
    interpolation: 'bicubic',
  };
  const [rgb, rgbx] = twins(width, height, 7, 4);
  expect(differing(new Uint8Array(resize(rgbx, plan, 3)), new Uint8Array(resize(rgb, plan, 3)))).toBe(0);
});
