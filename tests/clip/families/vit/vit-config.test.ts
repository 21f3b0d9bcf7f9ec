import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';
import { countWeights } from '../../../../src/clip/weights/tensor-shapes';
import { imageTensors, textTensors } from '../../../../src/clip/weights/tensors';

interface Published {
  readonly name: string;
  /** Weights of each tower as OpenCLIP builds it. */
  readonly image: number;
  readonly text: number;
  readonly model_cfg: unknown;
}

const { models } = JSON.parse(readFileSync('tests/fixtures/vit-configs.json', 'utf8')) as {
  models: Published[];
};

test.each(models)("OpenCLIP's $name is read, with as many weights", ({ image, text, model_cfg }) => {
  const architecture = readArchitecture({ model_cfg });
  expect(countWeights(imageTensors(architecture.vision))).toBe(image);
  expect(countWeights(textTensors(architecture.text))).toBe(text);
});

describe('a SigLIP tower', () => {
  const siglip = (vision: Record<string, unknown> = {}, top: Record<string, unknown> = {}) => ({
    model_cfg: {
      embed_dim: 768,
      vision_cfg: {
        image_size: 224,
        timm_model_name: 'vit_base_patch16_siglip_224',
        timm_pool: 'map',
        timm_proj: 'none',
        ...vision,
      },
      text_cfg: {},
      ...top,
    },
  });

  it('is what its timm name says, whatever OpenCLIP would say of its own towers', () => {
    const ignored = { layers: 3, width: 10, patch_size: 7, pool_type: 'tok', norm_kwargs: { eps: 1 } };
    expect(readArchitecture(siglip(ignored, { quick_gelu: true })).vision).toEqual({
      family: 'vit',
      width: 768,
      layers: 12,
      heads: 12,
      mlpWidth: 3072,
      activation: 'gelu',
      layerScale: false,
      normEpsilon: 1e-6,
      imageSize: [224, 224],
      patchSize: [16, 16],
      preNorm: false,
      pool: 'map',
      finalNormAfterPool: false,
      timm: true,
      outputDim: 768,
    });
  });

  it.each([
    ['vit_base_patch32_siglip_256', { activation: 'gelu-tanh', patchSize: [32, 32] }],
    ['vit_large_patch16_siglip_384', { activation: 'gelu', width: 1024, layers: 24 }],
    ['vit_large_patch16_siglip_512', { activation: 'gelu-tanh', heads: 16 }],
    ['vit_so400m_patch14_siglip_378', { activation: 'gelu', mlpWidth: 4304, layers: 27 }],
    ['vit_so400m_patch16_siglip_384', { activation: 'gelu-tanh', width: 1152, heads: 16 }],
    ['vit_giantopt_patch16_siglip_256', { activation: 'gelu-tanh', mlpWidth: 6144, layers: 40 }],
  ])('%s', (timm_model_name, expected) => {
    expect(readArchitecture(siglip({ timm_model_name })).vision).toMatchObject(expected);
  });

  it('takes the keywords of timm_model_kwargs over those of the name', () => {
    const timm_model_kwargs = {
      img_size: [32, 48],
      patch_size: [8, 4],
      embed_dim: 90,
      depth: 2,
      num_heads: 3,
    };
    const read = readArchitecture(
      siglip({ timm_model_name: 'vit_so400m_patch14_siglip_224', image_size: [32, 48], timm_model_kwargs }),
    );
    expect(read.vision).toMatchObject({ width: 90, layers: 2, heads: 3, mlpWidth: 336, outputDim: 90 });
    expect(read.vision).toMatchObject({ imageSize: [32, 48], patchSize: [8, 4] });
    expect(read.preprocess.size).toEqual([32, 48]);
  });

  it.each([
    [{ timm_model_name: 'vit_base_patch16_224' }, 'timm_model_name = "vit_base_patch16_224"'],
    [{ timm_model_name: 'vit_base_patch16_siglip_gap_224' }, 'Clipscope runs the vit_*_siglip_*'],
    [{ timm_pool: 'avg' }, 'vision_cfg.timm_pool = "avg"'],
    [{ timm_pool: null }, 'vision_cfg.timm_pool = absent'],
    [{ timm_proj: 'linear' }, 'vision_cfg.timm_proj = "linear"'],
    [{ timm_proj: '' }, 'vision_cfg.timm_proj = ""'],
    [{ timm_model_kwargs: { qk_norm: true } }, 'vision_cfg.timm_model_kwargs.qk_norm = true'],
    [{ image_seq_len: 576 }, 'vision_cfg.image_seq_len = 576'],
  ])('is refused with %o', (vision, expected) => {
    const read = () => readArchitecture(siglip(vision));
    expect(read).toThrow(expect.objectContaining({ name: 'UnsupportedSetting' }));
    expect(read).toThrow(expected);
  });

  it.each([
    [{ timm_model_kwargs: { img_size: 256 } }, 'img_size is 256 x 256, vision_cfg.image_size 224 x 224.'],
    [{ timm_model_kwargs: { num_heads: 7 } }, 'width 768 cannot be shared by 7 heads'],
    [{ timm_model_name: 3 }, 'vision_cfg.timm_model_name is 3, expected a text.'],
    [{ image_size: 8 }, 'patch_size 16 x 16 is larger'],
  ])('cannot be read with %o', (vision, expected) => {
    const read = () => readArchitecture(siglip(vision));
    expect(read).toThrow(expect.objectContaining({ name: 'ConfigUnreadable' }));
    expect(read).toThrow(expected);
  });
});
