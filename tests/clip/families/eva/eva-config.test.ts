import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';

const config = (vision: Record<string, unknown>, top: Record<string, unknown> = {}) => ({
  model_cfg: {
    embed_dim: 512,
    vision_cfg: { image_size: 224, timm_pool: 'token', timm_proj: null, ...vision },
    text_cfg: {},
    ...top,
  },
});

const EVA02 = { timm_model_name: 'eva02_base_patch16_clip_224' };
const PE = { timm_model_name: 'vit_pe_core_base_patch16_224', timm_pool: 'map' };

describe('a tower of the family of EVA', () => {
  it('is what its timm name says, whatever OpenCLIP would say of its own towers', () => {
    const ignored = { layers: 3, width: 10, patch_size: 7, pool_type: 'avg', norm_kwargs: { eps: 1 } };
    expect(readArchitecture(config({ ...EVA02, ...ignored }, { quick_gelu: true })).vision).toEqual({
      family: 'eva',
      form: 'eva02',
      width: 768,
      layers: 12,
      heads: 12,
      mlpWidth: 2048,
      normEpsilon: 1e-6,
      classToken: true,
      imageSize: [224, 224],
      patchSize: [16, 16],
      rope: { reference: [16, 16], offset: 0, order: 'yx', temperature: 10_000 },
      outputDim: 512,
    });
    expect(readArchitecture(config(PE)).vision).toEqual({
      family: 'eva',
      form: 'pe',
      width: 768,
      layers: 12,
      heads: 12,
      mlpWidth: 3072,
      normEpsilon: 1e-5,
      classToken: true,
      imageSize: [224, 224],
      patchSize: [16, 16],
      rope: { reference: [14, 14], offset: 1, order: 'xy', temperature: 10_000 },
      pool: { heads: 8, mlpWidth: 3072 },
      outputDim: 512,
    });
  });

  it('takes the keywords of timm_model_kwargs over those of the name', () => {
    const timm_model_kwargs = {
      img_size: [32, 48],
      patch_size: [8, 4],
      embed_dim: 80,
      depth: 2,
      num_heads: 4,
      mlp_ratio: 1.5,
      ref_feat_shape: [5, 7],
      class_token: false,
      attn_pool_num_heads: 5,
      attn_pool_mlp_ratio: 2,
    };
    const read = readArchitecture(config({ ...PE, image_size: [32, 48], timm_model_kwargs })).vision;
    expect(read).toMatchObject({ width: 80, layers: 2, heads: 4, mlpWidth: 120, classToken: false });
    expect(read).toMatchObject({ imageSize: [32, 48], patchSize: [8, 4], rope: { reference: [5, 7] } });
    expect(read).toMatchObject({ pool: { heads: 5, mlpWidth: 160 } });
  });

  it.each([
    [{ ...EVA02, timm_model_name: 'eva02_base_patch14_224' }, 'Clipscope runs the vit_*_siglip_*'],
    [{ ...EVA02, timm_model_name: 'toString' }, 'vision_cfg.timm_model_name = "toString"'],
    [{ ...EVA02, timm_pool: 'avg' }, 'vision_cfg.timm_pool = "avg" is not supported (Clipscope runs token)'],
    [{ ...PE, timm_pool: 'token' }, 'vision_cfg.timm_pool = "token" is not supported (Clipscope runs map)'],
    [{ ...PE, timm_proj: 'linear' }, 'vision_cfg.timm_proj = "linear"'],
    [{ ...PE, timm_model_kwargs: { rope_type: 'mixed' } }, 'timm_model_kwargs.rope_type = "mixed"'],
    [{ ...PE, timm_model_kwargs: { num_reg_tokens: 4 } }, 'timm_model_kwargs.num_reg_tokens = 4'],
    [{ ...EVA02, timm_model_kwargs: { swiglu_mlp: false } }, 'timm_model_kwargs.swiglu_mlp = false'],
    [{ ...EVA02, timm_model_kwargs: { attn_pool_num_heads: 4 } }, 'kwargs.attn_pool_num_heads = 4'],
    [
      { timm_model_name: 'eva_giant_patch14_224', timm_model_kwargs: { ref_feat_shape: 16 } },
      'timm_model_kwargs.ref_feat_shape = 16',
    ],
    [{ ...PE, image_seq_len: 576 }, 'vision_cfg.image_seq_len = 576'],
  ])('is refused with %o', (vision, expected) => {
    const read = () => readArchitecture(config(vision));
    expect(read).toThrow(expect.objectContaining({ name: 'UnsupportedSetting' }));
    expect(read).toThrow(expected);
  });

  it.each([
    [{ ...EVA02, timm_model_kwargs: { num_heads: 7 } }, 'width 768 cannot be shared by 7 heads'],
    [
      { ...EVA02, timm_model_kwargs: { embed_dim: 60, num_heads: 6 } },
      'heads 10 wide cannot be turned by rows and columns',
    ],
    [{ ...PE, timm_model_kwargs: { attn_pool_num_heads: 7 } }, 'width 768 cannot be shared by 7 heads'],
    [{ ...PE, timm_model_kwargs: { class_token: 'no' } }, 'class_token is "no", expected true or false'],
    [{ ...PE, image_size: 8 }, 'patch_size 16 x 16 is larger'],
  ])('cannot be read with %o', (vision, expected) => {
    const read = () => readArchitecture(config(vision));
    expect(read).toThrow(expect.objectContaining({ name: 'ConfigUnreadable' }));
    expect(read).toThrow(expected);
  });

  it('is refused where a picture takes more memory than there is', () => {
    expect(() => readArchitecture(config({ ...PE, image_size: 8000 }))).toThrow(
      expect.objectContaining({ name: 'ModelTooLarge' }),
    );
  });
});
