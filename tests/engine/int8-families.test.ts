import { expect, it } from 'vitest';
import { nodeRuntime } from '../../src/clip/session-node';
import { openImageTower, type TowerWeights } from '../../src/clip/towers';
import { PLAIN_INT8, type Int8Plan } from '../../src/clip/weights/int8';
import { cosine, largestDifference } from '../../src/core/vectors';
import { judgeInt8 } from '../../src/engine/int8-judge';
import { withOutliers } from '../../tools/outlier-towers';
import { imageFixture } from '../helpers/tower-fixture';

const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
const steps = { expect: () => undefined, done: () => undefined };

/** Of these towers of a few channels, two are outliers: of EVA02's, before every matrix. */
it.each([
  ['eva01-g', 30, ['norm1', 'norm2']],
  ['pe-core-b', 30, ['norm1', 'norm2']],
  ['eva02-l', 12, ['attn.norm', 'mlp.norm', 'norm1', 'norm2']],
  ['convnext-base-w', 30, ['norm']],
  ['mobileclip2-s3', 30, ['norm']],
  ['vitamin-l', 30, ['mlp.norm', 'norm1']],
])(
  'outliers of %s, %i times as large, are folded into the matrices behind its norms',
  async (name, factor, norms) => {
    const { vision, weights, pixels, count } = await imageFixture(name, 'fp32');
    const made = await withOutliers(weights, 'image', { channels: [2, 5], factor, where: 'norms' });
    const [area, dim] = [pixels.length / count, vision.outputDim];
    const inputs = Array.from({ length: count }, (_, at) => pixels.subarray(at * area, (at + 1) * area));
    const rowsOf = async (tower: TowerWeights, plan?: Int8Plan) => {
      const arithmetic = plan ? 'int8' : 'fp32';
      const opened = await openImageTower({ ...runtime, arithmetic }, vision, tower, plan);
      const rows = await opened.encode(pixels, count);
      await opened.release();
      return rows;
    };
    const original = await rowsOf(weights);
    const lossBy = async (plan: Int8Plan) => {
      const rows = await rowsOf(made, plan);
      const rowOf = (all: Float32Array, at: number) => all.subarray(at * dim, (at + 1) * dim);
      return 1 - Math.min(...inputs.map((_, at) => cosine(rowOf(rows, at), rowOf(original, at))));
    };
    // A norm that something else reads too would make it another tower.
    expect(largestDifference(await rowsOf(made), [...original])).toBeLessThan(2e-5);

    const judged = {
      runtime,
      tower: { kind: 'image', vision },
      weights: made,
      inputs,
      more: () => inputs,
    } as const;
    const { plan, cosine: least } = await judgeInt8(judged, steps);
    const folded = plan?.folded ?? {};
    expect(least).toBeGreaterThan(0.999);
    expect(
      [...new Set(Object.keys(folded).map((norm) => norm.replace(/^.*\.blocks\.\d+\./, '')))].sort(),
    ).toEqual(norms);
    // What is folded alone changes nothing.
    const exact = made.tensors.map((tensor) => tensor.name);
    expect(largestDifference(await rowsOf(made, { exact, folded }), [...original])).toBeLessThan(2e-5);
    const [loss, plainLoss] = [await lossBy({ exact: [], folded }), await lossBy(PLAIN_INT8)];
    expect(loss).toBeLessThan(plainLoss / 3);
  },
);
