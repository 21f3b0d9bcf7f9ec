import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';

const vitamin = (vision: Record<string, unknown> = {}) => ({
  model_cfg: {
    embed_dim: 768,
    vision_cfg: { timm_model_name: 'vitamin_large_224', timm_pool: '', timm_proj: 'linear', ...vision },
    text_cfg: {},
  },
});

describe('a ViTamin', () => {
  it('is what its timm name says; the largest has no positions', () => {
    const { vision } = readArchitecture(vitamin({ layers: 3, width: 10 }));
    expect(vision).toEqual({
      family: 'vitamin',
      imageSize: [224, 224],
      stemWidth: 160,
      stages: [
        { channels: 160, blocks: 2 },
        { channels: 320, blocks: 4 },
      ],
      width: 1024,
      layers: 31,
      heads: 16,
      mlpWidth: 2048,
      positions: true,
      head: { kind: 'linear', bias: false, outputDim: 768 },
      outputDim: 768,
    });
    const largest = readArchitecture(vitamin({ timm_model_name: 'vitamin_xlarge_336', image_size: 336 }));
    expect(largest.vision).toMatchObject({ positions: false, width: 1152 });
  });

  it.each([
    [{ timm_pool: 'token' }, 'vision_cfg.timm_pool = "token"', 'UnsupportedSetting'],
    [
      { timm_model_name: 'vitamin_xlarge_224' },
      'timm_model_name = "vitamin_xlarge_224"',
      'UnsupportedSetting',
    ],
    [{ timm_model_kwargs: { pos_embed: 'sincos' } }, 'timm_model_kwargs.pos_embed', 'UnsupportedSetting'],
    [{ timm_model_kwargs: { class_token: true } }, 'timm_model_kwargs.class_token', 'UnsupportedSetting'],
    [
      { timm_model_kwargs: { embed_cfg: { head_type: '2d' } } },
      'embed_cfg.head_type = "2d"',
      'UnsupportedSetting',
    ],
    [
      { timm_model_kwargs: { embed_cfg: { embed_dim: [8, 16, 32] } } },
      'embed_cfg.embed_dim ends with 32, and the ViT behind it is 1024 wide',
      'ConfigUnreadable',
    ],
    [{ timm_model_kwargs: { num_heads: 7 } }, 'width 1024 cannot be shared by 7 heads', 'ConfigUnreadable'],
    [{ image_size: 20_000 }, 'Pictures of 20,000 x 20,000 pixels', 'ModelTooLarge'],
  ])('is refused with %o', (vision, expected, name) => {
    const read = () => readArchitecture(vitamin(vision));
    expect(read).toThrow(expect.objectContaining({ name }));
    expect(read).toThrow(expected);
  });
});
