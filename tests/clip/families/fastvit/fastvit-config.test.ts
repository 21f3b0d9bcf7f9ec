import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';

const fastVit = (vision: Record<string, unknown> = {}) => ({
  model_cfg: {
    embed_dim: 512,
    vision_cfg: {
      image_size: 256,
      timm_model_name: 'fastvit_mci2',
      timm_pool: 'avg',
      timm_proj: null,
      ...vision,
    },
    text_cfg: {},
  },
});

describe('a FastViT of MobileCLIP', () => {
  it('is what its timm name says', () => {
    const { vision } = readArchitecture(fastVit({ layers: 3, width: 10 }));
    expect(vision).toMatchObject({
      family: 'fastvit',
      imageSize: [256, 256],
      scalesStem: true,
      halvingActivation: true,
      finalWidth: 1280,
      head: { kind: 'timm', bias: false, outputDim: 512 },
      outputDim: 512,
    });
    if (vision.family !== 'fastvit') throw new Error('another family');
    expect(vision.stages.map(({ channels }) => channels)).toEqual([80, 160, 320, 640]);
    expect(vision.stages.map(({ mlpWidth }) => mlpWidth)).toEqual([240, 480, 960, 1920]);
    expect(vision.stages[3]).toEqual({
      channels: 640,
      blocks: 4,
      mlpWidth: 1920,
      mixer: 'attention',
      norm: 'batch',
      halves: true,
      squeezes: true,
    });
  });

  it.each([
    [{ timm_pool: 'max' }, 'vision_cfg.timm_pool = "max"', 'UnsupportedSetting'],
    [{ timm_model_name: 'fastvit_t8' }, 'timm_model_name = "fastvit_t8"', 'UnsupportedSetting'],
    [{ timm_model_kwargs: { fork_feat: true } }, 'timm_model_kwargs.fork_feat', 'UnsupportedSetting'],
    [{ timm_model_kwargs: { down_stride: 4 } }, 'timm_model_kwargs.down_stride = 4', 'UnsupportedSetting'],
    [
      { timm_model_kwargs: { down_patch_size: 5 } },
      'timm_model_kwargs.down_patch_size',
      'UnsupportedSetting',
    ],
    [{ timm_model_kwargs: { repmixer_kernel_size: 5 } }, 'kwargs.repmixer_kernel_size', 'UnsupportedSetting'],
    [{ timm_model_kwargs: { token_mixers: [] } }, 'timm_model_kwargs.token_mixers', 'UnsupportedSetting'],
    [{ timm_model_kwargs: { cls_ratio: 1 } }, 'timm_model_kwargs.cls_ratio = 1', 'UnsupportedSetting'],
    [{ timm_model_kwargs: { layers: [1, 1, 1] } }, 'layers is [1,1,1], expected 4', 'ConfigUnreadable'],
    [{ timm_model_kwargs: { mlp_ratios: [1, 2, 3, 0] } }, 'expected 4 numbers above 0', 'ConfigUnreadable'],
    [
      { timm_model_kwargs: { embed_dims: [8, 12, 24, 96] } },
      '12 channels cannot be shared',
      'ConfigUnreadable',
    ],
    [{ timm_model_kwargs: { embed_dims: [8, 8, 8, 48] } }, 'groups of 32', 'ConfigUnreadable'],
    [{ image_size: 40_000 }, 'Pictures of 40,000 x 40,000 pixels', 'ModelTooLarge'],
  ])('is refused with %o', (vision, expected, name) => {
    const read = () => readArchitecture(fastVit(vision));
    expect(read).toThrow(expect.objectContaining({ name }));
    expect(read).toThrow(expected);
  });
});
