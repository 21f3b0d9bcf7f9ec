import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';
import { memoryFiles, storeTensors } from '../../src/clip/weights/weights';
import { readCheckpoint } from '../../src/clip/checkpoint';
import { readModel, readTowers, requireSharedSpace, requireUsable } from '../../src/engine/model-source';
import { bufferSource } from '../../src/formats/byte-source';
import { albumFixture } from '../helpers/album';
import { builtInModel, fixtureTowers } from './fakes';

const tokenizer = await readFile('static/models/clipscope-s/tokenizer.json', 'utf8');

/** A small architecture whose texts end in a space of their own where `proj_type` is "none". */
function architecture(text: object, own = {}) {
  return readArchitecture({
    model_cfg: {
      embed_dim: 24,
      vision_cfg: { image_size: 32, layers: 1, width: 24, head_width: 24, patch_size: 8 },
      text_cfg: { width: 16, heads: 2, layers: 1, vocab_size: 2048, context_length: 24, ...text },
      ...own,
    },
  });
}

describe('readTowers', () => {
  it('reads both towers, the scale and the bias into memory', async () => {
    const source = await fixtureTowers('siglip');
    const expected = JSON.parse(await readFile('tests/fixtures/towers/siglip/expected.json', 'utf8')) as {
      logit_scale_exp: number;
      logit_bias: number;
    };
    expect(source).toMatchObject({ id: 'siglip', name: 'siglip', precision: 'fp32' });
    expect(source.logitScale).toBeCloseTo(expected.logit_scale_exp, 4);
    expect(source.logitBias).toBeCloseTo(expected.logit_bias, 5);
    for (const tower of [source.image, source.text!]) {
      const held = new Map(tower.files.map(({ path, data }) => [path, data]));
      expect(tower.tensors.length).toBeGreaterThan(10);
      for (const { file, offset, byteLength } of tower.tensors) {
        const data = held.get(file);
        expect(data instanceof Uint8Array && data.byteLength >= offset + byteLength).toBe(true);
      }
    }
    expect((await fixtureTowers('vit-quickgelu')).logitBias).toBeNull();
  });

  it.each(['fp16-storage', 'q8', 'q4'] as const)('keeps the weights in %s', async (precision) => {
    const folder = 'tests/fixtures/towers/vit-quickgelu';
    const source = await fixtureTowers('vit-quickgelu', precision);
    const bytes = bufferSource(await readFile(`${folder}/open_clip_model.safetensors`));
    const { tensors } = await readCheckpoint(
      await readFile(`${folder}/open_clip_config.json`, 'utf8'),
      bytes,
    );
    for (const tower of ['image', 'text'] as const) {
      const { append, files } = memoryFiles(tower);
      const stored = await storeTensors(bytes, tensors[tower], precision, append);
      expect(source[tower]).toEqual({ tensors: stored, files });
    }
    expect(source.precision).toBe(precision);
  });

  it('tells of a config that is no JSON and of weights that are cut', async () => {
    const about = { id: 'a', name: 'a', precision: 'fp32' } as const;
    const folder = 'tests/fixtures/towers/vit-quickgelu';
    const weights = await readFile(`${folder}/open_clip_model.safetensors`);
    const config = await readFile(`${folder}/open_clip_config.json`, 'utf8');
    await expect(readTowers(about, { config: '{', weights: bufferSource(weights) })).rejects.toMatchObject({
      name: 'ConfigUnreadable',
    });
    const cut = bufferSource(weights.subarray(0, 1000));
    await expect(readTowers(about, { config, weights: cut })).rejects.toMatchObject({
      name: 'SafetensorsMalformed',
    });
  });
});

describe('readModel', () => {
  it('reads a built-in model with a tokenizer that gives the ids of OpenCLIP', async () => {
    const { texts, logit_scale_exp: scale } = albumFixture('clipscope-s');
    const model = await builtInModel();
    expect(model.logitScale).toBeCloseTo(scale, 4);
    const ids = model.tokenizer.encode(texts.map(({ text }) => text));
    expect([...ids]).toEqual(texts.flatMap((one) => one.ids));
  });

  it('refuses a tokenizer of another checkpoint', async () => {
    const folder = 'tests/fixtures/towers/vit-quickgelu';
    const files = {
      config: await readFile(`${folder}/open_clip_config.json`, 'utf8'),
      weights: bufferSource(await readFile(`${folder}/open_clip_model.safetensors`)),
      tokenizer,
    };
    await expect(readModel({ id: 'a', name: 'a', precision: 'fp32' }, files)).rejects.toMatchObject({
      name: 'TokenizerUnsupported',
    });
  });
});

describe('a checkpoint whose towers end in different spaces', () => {
  const apart = architecture({ proj_type: 'none' });
  const refusal = {
    name: 'UnsupportedSetting',
    message: expect.stringContaining('pictures end in 24 numbers and texts in 16') as string,
  };

  it('is refused, before its tokenizer is looked at', async () => {
    expect(() => requireSharedSpace(apart)).toThrow(expect.objectContaining(refusal));
    await expect(requireUsable(apart, { tokenizer: '{' })).rejects.toMatchObject(refusal);
  });

  it('is usable where both happen to be as wide', () => {
    requireSharedSpace(architecture({ proj_type: 'none', width: 24 }));
  });
});

it('a usable checkpoint gives its tokenizer', async () => {
  const { contextLength, vocabSize } = await requireUsable(architecture({}), { tokenizer });
  expect({ contextLength, vocabSize }).toEqual({ contextLength: 24, vocabSize: 2048 });
});
