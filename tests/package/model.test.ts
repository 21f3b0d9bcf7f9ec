import { describe, expect, it } from 'vitest';
import { encodePictures } from '../../src/package/encode-pictures';
import { createModel, type PictureEmbeddings, type Towers } from '../../src/package/model';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { Failure } from '../../src/core/failure';

/** Pictures and texts are angles in degrees; their embeddings point there. */
const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

function rowsOf(angles: readonly number[]): PictureEmbeddings {
  const data = Float32Array.from(angles.flatMap((angle) => (Number.isNaN(angle) ? [0, 0] : at(angle))));
  const failures = angles.flatMap((angle, index) =>
    Number.isNaN(angle) ? [{ index, name: 'PictureUnreadable', message: 'no picture' }] : [],
  );
  return { count: angles.length, dim: 2, data, failures };
}

function towers(calls: string[][] = [], logitBias: number | null = null): Towers<number> {
  return {
    dim: 2,
    logitScale: 10,
    logitBias,
    runsOn: { backend: 'wasm', device: '1 thread', arithmetic: 'fp32' },
    encodeImages: async (pictures) => rowsOf(pictures),
    async encodeTexts(texts) {
      calls.push([...texts]);
      return rowsOf(texts.map((text) => Number(/\d+/.exec(text)?.[0])));
    },
    release: async () => undefined,
  };
}

describe('classify', () => {
  it('gives all labels with their shares, the nearest first, and says which picture failed', async () => {
    const model = createModel(towers());
    const [first, broken, last] = await model.classify([10, NaN, 80], ['0', '90']);
    expect(first!.labels.map(({ label }) => label)).toEqual(['0', '90']);
    // exp(10 cos 10°) and exp(10 cos 80°), of their sum, by Python.
    expect(first!.labels[0]!.probability).toBeCloseTo(0.9997000503, 8);
    expect(last!.labels[0]!.label).toBe('90');
    expect(broken).toEqual({
      labels: [],
      failure: { index: 1, name: 'PictureUnreadable', message: 'no picture' },
    });
  });

  it('embeds a label once, by its templates, and takes embeddings made before', async () => {
    const calls: string[][] = [];
    const model = createModel(towers(calls));
    const rows = await model.encodeImages([10, 80]);
    await model.classify(rows, ['0', '90']);
    await model.classify(rows, ['0', '90', '45'], { templates: ['a photo of a {}.'] });
    expect(calls).toEqual([['a photo of a 0.', 'a photo of a 90.'], ['a photo of a 45.']]);
  });

  it('rates each label by itself where the model has a logit bias', async () => {
    const [one] = await createModel(towers([], -5)).classify([0], ['0', '60']);
    // 1 / (1 + exp(-(10 - 5))) and 1 / (1 + exp(-(5 - 5))).
    expect(one!.labels.map(({ probability }) => probability)).toEqual([
      expect.closeTo(0.9933071, 6),
      expect.closeTo(0.5, 6),
    ]);
  });

  it('refuses what cannot be meant', async () => {
    const model = createModel(towers());
    await expect(model.classify([1], [])).rejects.toThrow('Give one label or more');
    await expect(model.classify([1], ['0'], { templates: ['a photo'] })).rejects.toThrow('has no {}');
    const other = { count: 1, dim: 3, data: new Float32Array(3), failures: [] };
    await expect(model.classify(other, ['0'])).rejects.toThrow(
      '3 numbers, and this model’s 2'.replace('’', "'"),
    );
  });
});

it('search gives the nearest, never one that failed', async () => {
  const model = createModel(towers());
  const found = await model.search('30', [90, 25, NaN, 0], { most: 3 });
  expect(found.map(({ index }) => index)).toEqual([1, 3, 0]);
  expect(found[0]!.cosine).toBeCloseTo(0.9961947, 6);
});

describe('encodePictures', () => {
  const settings = { size: [1, 2] } as unknown as PreprocessSettings;

  it('leaves out what cannot be prepared, and keeps every other at its place', async () => {
    const batches: number[] = [];
    const engine = {
      encodeImages: async ({ count, data }: { count: number; data: Uint8Array }) => {
        batches.push(count);
        const angles = Array.from({ length: count }, (_, row) => data[row * 6]!);
        return { ...rowsOf(angles), nextBatch: 1 };
      },
    };
    const pictures = Array.from({ length: 11 }, (_, n) => n * 9);
    const made = await encodePictures(engine, settings, 2, pictures, async (angle) => {
      if (angle === 9) throw new Failure('PictureTooLarge', 'too large');
      if (angle >= 72) throw new Error('broken');
      return new Uint8Array(6).fill(angle);
    });
    expect(batches).toEqual([7]);
    expect(made.failures).toEqual([
      { index: 1, name: 'PictureTooLarge', message: 'too large' },
      ...[8, 9, 10].map((index) => ({ index, name: 'PictureUnreadable', message: 'broken' })),
    ]);
    expect([...made.data.subarray(0, 6)]).toEqual([...rowsOf([0, NaN, 18]).data]);
  });

  it('ends with what fails the tower', async () => {
    const engine = { encodeImages: () => Promise.reject(new Failure('OutOfMemory', 'no room')) };
    const made = encodePictures(engine, settings, 2, [1], async () => new Uint8Array(6));
    await expect(made).rejects.toMatchObject({ name: 'OutOfMemory' });
  });
});
