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

/**
 * The least cosine to fp32 that each may have. These towers are a few channels wide and have random weights, so that they
 * lose more than a real one does.
 */
const LEAST = {
  'convnext-base-w': { int8: 0.9998, q8: 0.9999, q4: 0.99 },
} as const;

describe.each(Object.entries(LEAST))('%s', (name, least) => {
  it.each(['int8', 'q8', 'q4'] as const)('keeps its embeddings in %s', async (how) => {
    const [precision, arithmetic] = how === 'int8' ? (['fp32', how] as const) : ([how, 'fp32'] as const);
    const exact = await rowsOf(name, 'fp32', 'fp32');
    const rows = await rowsOf(name, precision, arithmetic);
    for (const [at, row] of rows.entries()) {
      expect(cosine(row, exact[at]!)).toBeGreaterThan(least[how]);
      // Not fp32 under another name.
      expect(largestDifference(row, [...exact[at]!])).toBeGreaterThan(1e-5);
    }
  });

  it('gives in fp16 arithmetic what fp32 gives, to the rounding', async () => {
    const exact = await rowsOf(name, 'fp32', 'fp32');
    const rows = await rowsOf(name, 'fp16-storage', 'fp16');
    for (const [at, row] of rows.entries()) {
      expect(largestDifference(row, [...exact[at]!])).toBeLessThan(0.01);
    }
  });
});
