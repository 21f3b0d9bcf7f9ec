import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../../src/clip/session-node';
import { openImageTower } from '../../../src/clip/towers';
import { cosine } from '../../../src/core/vectors';
import { readJson } from '../../../tools/conformance/fixtures';
import { nodeFixtures } from '../../../tools/conformance/node-fixtures';
import { nothingComputed, type CaseResult } from '../../../tools/conformance/result';
import { runTowers } from '../../../tools/conformance/towers';
import { imageFixture } from '../../helpers/tower-fixture';

const zoo = nodeFixtures('tests/fixtures/zoo', undefined);
const ofFamily = (name: string) => /^(?:eva|pe-core|.*naflex)/.test(name);
const fixtures = { ...zoo, folders: async (path: string) => (await zoo.folders(path)).filter(ofFamily) };

describe('towers of the families of timm', () => {
  it.each(['fp16-storage', 'q8', 'q4'] as const)(
    'keep their direction with weights kept as %s',
    async (precision) => {
      const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
      const results: CaseResult[] = [];
      for await (const result of runTowers(fixtures, runtime, precision, nothingComputed()))
        results.push(result);
      expect(results.length).toBeGreaterThanOrEqual(14);
      expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    },
  );

  // Blocks with norms behind them take scores of any size from their inputs, so random weights magnify each rounding.
  it.each([
    ['fp16', { postNorm: 0.9998, other: 0.99999 }],
    ['int8', { postNorm: 0.97, other: 0.998 }],
  ] as const)('give nearly the same in %s arithmetic', async (arithmetic, least) => {
    const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' }, arithmetic } as const;
    for (const name of await fixtures.folders('towers')) {
      const { vision, weights, pixels, count } = await imageFixture(name, 'fp32');
      const { image_embed_norm: expected } = await readJson<{ image_embed_norm: number[][] }>(
        zoo,
        `towers/${name}/expected.json`,
      );
      const tower = await openImageTower(runtime, vision, weights);
      const rows = await tower.encode(pixels, count);
      await tower.release();
      const cosines = expected.map((row, at) =>
        cosine(rows.subarray(at * row.length, (at + 1) * row.length), Float32Array.from(row)),
      );
      const isPostNorm = vision.family === 'eva' && vision.form === 'eva-post-norm';
      const limit = isPostNorm ? least.postNorm : least.other;
      expect(Math.min(...cosines), name).toBeGreaterThan(limit);
      // Not fp32 under another name.
      expect(Math.min(...cosines), name).toBeLessThan(0.9999999);
    }
  });
});
