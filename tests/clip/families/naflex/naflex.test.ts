import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';
import { withImageSize } from '../../../../src/clip/position-embedding';

const config = (vision: Record<string, unknown> = {}) => ({
  model_cfg: {
    embed_dim: 768,
    vision_cfg: {
      image_size: 384,
      image_seq_len: 576,
      timm_model_name: 'naflexvit_base_patch16_siglip',
      timm_pool: 'map',
      timm_proj: 'none',
      ...vision,
    },
    text_cfg: {},
  },
});

describe("SigLIP 2's tower for pictures of any form", () => {
  it('is what its timm name says', () => {
    expect(readArchitecture(config()).vision).toEqual({
      family: 'naflex',
      width: 768,
      layers: 12,
      heads: 12,
      mlpWidth: 3072,
      activation: 'gelu-tanh',
      layerScale: false,
      normEpsilon: 1e-6,
      imageSize: [384, 384],
      patchSize: [16, 16],
      preNorm: false,
      pool: 'map',
      finalNormAfterPool: false,
      timm: true,
      positionGrid: [16, 16],
      outputDim: 768,
    });
  });

  it('takes the keywords of timm_model_kwargs over those of the name', () => {
    const timm_model_kwargs = {
      patch_size: [8, 4],
      embed_dim: 90,
      num_heads: 3,
      pos_embed_grid_size: [3, 7],
    };
    const timm_model_name = 'naflexvit_so400m_patch16_siglip';
    expect(readArchitecture(config({ timm_model_name, timm_model_kwargs })).vision).toMatchObject({
      width: 90,
      layers: 27,
      mlpWidth: 336,
      patchSize: [8, 4],
      positionGrid: [3, 7],
    });
  });

  it('runs at other picture sizes, down to one patch', () => {
    const architecture = readArchitecture(config());
    expect(withImageSize(architecture, [16, 800]).vision.imageSize).toEqual([16, 800]);
    expect(() => withImageSize(architecture, [15, 800])).toThrow('its patches are 16 x 16');
  });

  it.each([
    [{ timm_model_name: 'naflexvit_base_patch16_gap' }, 'timm_model_name = "naflexvit_base_patch16_gap"'],
    [{ timm_pool: 'avg' }, 'vision_cfg.timm_pool = "avg"'],
    [{ timm_proj: 'linear' }, 'vision_cfg.timm_proj = "linear"'],
    [{ timm_model_kwargs: { pos_embed: 'factorized' } }, 'timm_model_kwargs.pos_embed = "factorized"'],
    [{ timm_model_kwargs: { pos_embed_ar_preserving: true } }, 'pos_embed_ar_preserving = true'],
  ])('is refused with %o', (vision, expected) => {
    const read = () => readArchitecture(config(vision));
    expect(read).toThrow(expect.objectContaining({ name: 'UnsupportedSetting' }));
    expect(read).toThrow(expected);
  });
});
