import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/clip/session-node';
import { openImageTower } from '../../src/clip/towers';
import type { Arithmetic, Precision } from '../../src/clip/weights/weights';
import { cosine, largestDifference } from '../../src/core/vectors';
import { imageFixture } from '../helpers/tower-fixture';

/** The rows of a fixture's pictures. */
async function rowsOf(name: string, precision: Precision, arithmetic: Arithmetic): Promise<Float32Array[]> {
  const { vision, weights, pixels, count } = await imageFixture(name, precision);
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' }, arithmetic } as const;
  const tower = await openImageTower(runtime, vision, weights);
  const rows = await tower.encode(pixels, count);
  await tower.release();
  return Array.from({ length: count }, (_, at) =>
    rows.subarray(at * vision.outputDim, (at + 1) * vision.outputDim),
  );
}

describe('image towers of other families', () => {
  // These towers are a few channels wide and have random weights, so that they lose more than a real one does.
  it.each([
    ['convnext-base-w', 'int8', 0.9998],
    ['convnext-base-w', 'q8', 0.9999],
    ['convnext-base-w', 'q4', 0.99],
    ['mobileclip-b', 'int8', 0.999],
    ['mobileclip-b', 'q8', 0.999],
    ['mobileclip-b', 'q4', 0.97],
    ['mobileclip2-s3', 'int8', 0.999],
    ['mobileclip2-s3', 'q8', 0.999],
    ['mobileclip2-s3', 'q4', 0.95],
    ['vitamin-l', 'int8', 0.999],
    ['vitamin-l', 'q8', 0.999],
    ['vitamin-l', 'q4', 0.95],
  ] as const)('keep their embeddings: %s in %s', async (name, how, least) => {
    const [precision, arithmetic] = how === 'int8' ? (['fp32', how] as const) : ([how, 'fp32'] as const);
    const exact = await rowsOf(name, 'fp32', 'fp32');
    const rows = await rowsOf(name, precision, arithmetic);
    for (const [at, row] of rows.entries()) {
      expect(cosine(row, exact[at]!)).toBeGreaterThan(least);
      // Not fp32 under another name.
      expect(largestDifference(row, [...exact[at]!])).toBeGreaterThan(1e-5);
    }
  });

  it.each(['convnext-base-w', 'rn101', 'mobileclip-b', 'mobileclip2-s2', 'vitamin-l'])(
    'give in fp16 what fp32 gives, to the rounding: %s',
    async (name) => {
      const exact = await rowsOf(name, 'fp32', 'fp32');
      const rows = await rowsOf(name, 'fp16-storage', 'fp16');
      for (const [at, row] of rows.entries()) {
        expect(largestDifference(row, [...exact[at]!])).toBeLessThan(0.01);
        expect(row).not.toEqual(exact[at]);
      }
    },
  );
});
