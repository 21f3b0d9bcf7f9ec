import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/clip/session-node';
import { openProbe, type TowerWeights } from '../../src/clip/towers';
import { PLAIN_INT8 } from '../../src/clip/weights/int8';
import { Failure } from '../../src/core/failure';
import { cosine } from '../../src/core/vectors';
import { judgeInt8, LEAST_COSINE } from '../../src/engine/int8-judge';
import { int8Plans, mirrored, whyNoInt8 } from '../../src/engine/int8-plans';
import { loadTowers, type OpeningProgress } from '../../src/engine/loaded-towers';
import type { Int8Platform } from '../../src/engine/platform';
import { readTowers } from '../../src/engine/model-source';
import { nodePlatform } from '../../src/engine/platform-node';
import { bufferSource } from '../../src/formats/byte-source';
import { normalise } from '../../src/image/preprocess';
import builtIn from '../../src/engine/int8-verdicts.json';
import { judgeBuiltIn, samplePictures } from '../../tools/int8-verdicts';
import { withOutliers, type Outliers } from '../../tools/outlier-towers';
import { builtInModel } from './fakes';

const source = await builtInModel();
const { vision, preprocess } = source.architecture;
if (vision.family !== 'vit') throw new Error('The built-in model has a ViT.');
const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
const tower = { kind: 'image', vision } as const;
const steps = { expect: () => undefined, done: () => undefined };
const AUTO = { backend: 'wasm', arithmetic: 'auto' } as const;

const sample = await samplePictures(preprocess);
const area = sample.data.length / sample.count;
const inputs = Array.from({ length: sample.count }, (_, at) => {
  const bytes = sample.data.subarray(at * area, (at + 1) * area);
  return normalise(bytes, 1, sample.height, sample.width, preprocess.mean, preprocess.std);
});

const more = () => inputs.flatMap((pixels) => mirrored(pixels, sample.height, sample.width));
const outliers = (factor: number, where: Outliers['where']) =>
  withOutliers(source.image, 'image', { channels: [5, 50, 101], factor, where });
const judged = (weights: TowerWeights) => judgeInt8({ runtime, tower, weights, inputs, more }, steps);

/** A platform that remembers verdicts in `kept`, and counts how often the pictures are asked for. */
function platformOf(kept = new Map<string, Awaited<ReturnType<typeof judged>>>()) {
  let asked = 0;
  const int8: Int8Platform = {
    samplePictures: async (settings) => {
      asked++;
      return samplePictures(settings);
    },
    verdicts: {
      get: async (key) => kept.get(key),
      set: async (key, verdict) => void kept.set(key, verdict),
    },
  };
  return { platform: { ...nodePlatform(1), int8 }, int8, kept, asked: () => asked };
}

describe('the judge of int8', () => {
  it('finds of the built-in models what is shipped with them', async () => {
    const found = await judgeBuiltIn();
    expect(Object.keys(found)).toEqual(Object.keys(builtIn));
    for (const [fingerprint, verdict] of Object.entries(builtIn)) {
      expect(found[fingerprint]?.plan).toEqual(verdict.plan);
      expect(found[fingerprint]?.cosine).toBeCloseTo(verdict.cosine, 4);
      expect(verdict.cosine).toBeGreaterThan(LEAST_COSINE);
    }
  });

  it.each([30, 100])('allows outliers %i times as large that the layer norms make up for', async (factor) => {
    const { plan, cosine: least } = await judged(await outliers(factor, 'stream-made-up-for'));
    expect(plan).toEqual(PLAIN_INT8);
    expect(least).toBeGreaterThan(LEAST_COSINE);
  });

  // Three of them keep 0.998 with eight pictures by some plan, and lose pictures of the album to 0.75 and 0.95.
  it.each([20, 50, 100])(
    'refuses a tower with outliers %i times as large in its stream, and says so',
    async (factor) => {
      const verdict = await judged(await outliers(factor, 'stream'));
      expect(verdict.plan).toBeNull();
      expect(verdict.cosine).toBeLessThan(LEAST_COSINE);
      expect(whyNoInt8({ image: verdict })).toMatch(
        /^8-bit arithmetic would change this model's results too much \(cosine 0\.9\d\d of the 0\.995/,
      );
    },
  );

  it('refuses a tower that overflows, in both arithmetics or in int8 alone, with a number', async () => {
    const channels = Array.from({ length: vision.width }, (_, at) => at);
    const asked: number[] = [];
    const counted = { ...steps, expect: (runs: number) => void asked.push(runs) };
    const judge = (weights: TowerWeights) =>
      judgeInt8({ runtime, tower, weights, inputs: inputs.slice(0, 2), more }, counted);

    const both = await withOutliers(source.image, 'image', { channels, factor: 1e38, where: 'stream' });
    expect(await judge(both)).toEqual({ plan: null, cosine: 0 });
    // Nothing is left to be judged.
    expect(asked).toEqual([2]);

    // Large weights whose sums overflow before the small scale of the activations is multiplied in.
    const large = await withOutliers(source.image, 'image', { channels, factor: 1e-37, where: 'norms' });
    const alone = await withOutliers(large, 'image', {
      channels,
      factor: 1e-18,
      where: 'stream-made-up-for',
    });
    expect(await judge(alone)).toEqual({ plan: null, cosine: 0 });
    expect(asked.length).toBeGreaterThan(2);
  });

  it('tells no cosine that would do', () => {
    const verdict = { plan: null, cosine: LEAST_COSINE - 1e-9 };
    expect(whyNoInt8({ image: verdict })).toContain('(cosine 0.994 of the 0.995 it must keep)');
  });

  it.each([
    [30, 0],
    [100, 3],
  ])('folds outliers %i times as large, and leaves %i of what loses most exact', async (factor, exact) => {
    const { plan, cosine: least } = await judged(await outliers(factor, 'norms'));
    expect(least).toBeGreaterThan(0.999);
    expect(plan?.exact.length).toBe(exact);
    const folded = Object.values(plan?.folded ?? {}).flat();
    expect(folded.map(([channel]) => channel)).toEqual(expect.arrayContaining([5, 50, 101]));
  });

  it('looks at more pictures where eight leave a doubt', async () => {
    const weights = await outliers(10, 'stream');
    const asked: number[] = [];
    const counted = { ...steps, expect: (runs: number) => void asked.push(runs) };
    await judgeInt8({ runtime, tower, weights, inputs, more }, counted);
    expect(asked).toContain(3 * inputs.length);
    asked.length = 0;
    await judgeInt8({ runtime, tower, weights: source.image, inputs, more }, counted);
    expect(asked).toEqual([inputs.length, inputs.length]);
  });

  it('mirrors a picture to either side and both', () => {
    const pixels = Float32Array.from({ length: 3 * 2 * 3 }, (_, at) => at);
    expect(mirrored(pixels, 2, 3).map((one) => [...one.subarray(0, 6)])).toEqual([
      [2, 1, 0, 5, 4, 3],
      [3, 4, 5, 0, 1, 2],
      [5, 4, 3, 2, 1, 0],
    ]);
    expect([...mirrored(pixels, 2, 3)[2]!.subarray(12)]).toEqual([17, 16, 15, 14, 13, 12]);
  });

  it('probes each matrix in the order of the tower, which computes as in fp32 meanwhile', async () => {
    const probe = await openProbe(runtime, tower, source.image, PLAIN_INT8);
    const told = await probe.run(inputs[0]!);
    await probe.release();
    const parts = ['attn.in_proj_weight', 'attn.out_proj.weight', 'mlp.c_fc.weight', 'mlp.c_proj.weight'];
    expect(told.map(({ name }) => name)).toEqual(
      Array.from({ length: vision.layers }, (_, layer) =>
        parts.map((part) => `visual.transformer.resblocks.${layer}.${part}`),
      ).flat(),
    );
    for (const { name, loss, ranges } of told) {
      expect(loss, name).toBeGreaterThan(0.001);
      expect(loss, name).toBeLessThan(0.2);
      expect(ranges.length).toBe(name.endsWith('c_proj.weight') ? vision.mlpWidth : vision.width);
      expect(Math.max(...ranges)).toBeGreaterThan(0);
    }
  });
});

describe('a model on wasm', () => {
  it('runs in int8 by itself where it is judged well, once, and in fp32 where that is asked for', async () => {
    const { platform, kept, asked } = platformOf();
    const told: OpeningProgress[] = [];
    const towers = await loadTowers(source, AUTO, platform, (progress) => told.push(progress));
    expect(towers.runsOn).toMatchObject({ backend: 'wasm', arithmetic: 'int8' });
    expect(towers.runsOn.leastCosine).toBeGreaterThan(LEAST_COSINE);
    expect(towers.runsOn).not.toHaveProperty('reason');
    const quick = await (await towers.image()).encode(inputs[0]!, 1);
    await towers.release();
    expect(kept.size).toBe(2);
    const checking = told.filter(({ stage, total }) => stage === 'checking' && total > 1);
    // Both arithmetics of eight pictures, then of eight texts.
    expect(checking.at(-1)).toEqual({ stage: 'checking', done: 32, total: 32 });

    await (await loadTowers(source, AUTO, platform)).release();
    expect(asked()).toBe(1);

    const plain = await loadTowers(source, { ...AUTO, arithmetic: 'fp32' }, platform);
    expect(plain.runsOn).toEqual({
      backend: 'wasm',
      device: '1 thread',
      arithmetic: 'fp32',
      takesAllCores: true,
    });
    const exact = await (await plain.image()).encode(inputs[0]!, 1);
    await plain.release();
    expect(cosine(quick, exact)).toBeGreaterThan(LEAST_COSINE);
    expect(quick).not.toEqual(exact);
  });

  it('stays in fp32 with the reason where it is judged badly, which is remembered too', async () => {
    const { platform, asked } = platformOf();
    const unfit = { ...source, image: await outliers(50, 'stream') };
    for (const _ of ['first visit', 'second visit']) {
      const towers = await loadTowers(unfit, AUTO, platform);
      expect(towers.runsOn).toMatchObject({
        arithmetic: 'fp32',
        reason: expect.stringContaining('cosine') as string,
      });
      await towers.release();
    }
    expect(asked()).toBe(1);
  });

  it('stays in fp32 where the pictures to judge it with do not arrive, says so, and asks again next time', async () => {
    const { platform, int8, kept } = platformOf();
    const offline = {
      ...int8,
      samplePictures: () => Promise.reject(new Failure('NetworkFailed', 'no network')),
    };
    const towers = await loadTowers(source, AUTO, { ...platform, int8: offline });
    expect(towers.runsOn).toMatchObject({
      arithmetic: 'fp32',
      reason: expect.stringMatching(
        /^8-bit arithmetic.* without the sample pictures: reload the page/,
      ) as string,
    });
    await towers.release();
    expect(kept.size).toBe(0);
    const next = await loadTowers(source, AUTO, platform);
    expect(next.runsOn).toMatchObject({ arithmetic: 'int8' });
    expect(next.runsOn.reason).toBeUndefined();
    await next.release();
    expect(kept.size).toBe(2);
  });

  it('needs no judging where the verdict is shipped', async () => {
    const { int8, asked } = platformOf();
    const plans = await int8Plans(
      source,
      runtime,
      int8,
      steps,
      new Proxy({}, { get: () => ({ plan: PLAIN_INT8, cosine: 1 }) }),
    );
    expect(plans).toEqual({ image: { plan: PLAIN_INT8, cosine: 1 }, text: { plan: PLAIN_INT8, cosine: 1 } });
    expect(asked()).toBe(0);
  });
});

it('a tower without matrices for int8 is not judged, and no pictures are fetched for it', async () => {
  const folder = 'tests/fixtures/towers/rn50-like';
  const resnet = await readTowers(
    { id: 'resnet', name: 'resnet', precision: 'fp32' },
    {
      config: readFileSync(`${folder}/open_clip_config.json`, 'utf8'),
      weights: bufferSource(new Uint8Array(readFileSync(`${folder}/open_clip_model.safetensors`))),
    },
  );
  const { int8, asked, kept } = platformOf();
  let runs = 0;
  const counted = { expect: () => runs++, done: () => undefined };
  expect(await int8Plans(resnet, runtime, int8, counted)).toEqual({
    image: { plan: PLAIN_INT8, cosine: 1 },
  });
  expect([asked(), runs, kept.size]).toEqual([0, 0, 0]);
});
