import { expect, test } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';

const mobileClip = (vision: Record<string, unknown> = {}) => ({
  model_cfg: {
    embed_dim: 512,
    vision_cfg: { timm_model_name: 'vit_base_mci_224', timm_pool: 'token', timm_proj: null, ...vision },
    text_cfg: {},
  },
});

test('a MobileCLIP-B is a ViT-B of 16 x 16 patches', () => {
  expect(readArchitecture(mobileClip({ layers: 3, width: 10 })).vision).toMatchObject({
    family: 'mci',
    width: 768,
    layers: 12,
    heads: 12,
    mlpWidth: 3072,
    imageSize: [224, 224],
    patchSize: [16, 16],
    normEpsilon: 1e-6,
    outputDim: 512,
  });
});

test.each([
  [{ timm_pool: 'avg' }, 'vision_cfg.timm_pool = "avg"', 'UnsupportedSetting'],
  [{ timm_proj: 'linear' }, 'vision_cfg.timm_proj = "linear"', 'UnsupportedSetting'],
  // OpenCLIP's default is a linear layer.
  [{ timm_proj: undefined }, 'vision_cfg.timm_proj = absent', 'UnsupportedSetting'],
  [{ timm_model_kwargs: { patch_size: 2 } }, 'timm_model_kwargs.patch_size = 2', 'UnsupportedSetting'],
  [{ timm_model_kwargs: { class_token: false } }, 'timm_model_kwargs.class_token', 'UnsupportedSetting'],
  [{ timm_model_kwargs: { num_heads: 7 } }, 'width 768 cannot be shared by 7 heads', 'ConfigUnreadable'],
  [{ image_size: 15 }, 'patch_size 16 x 16 is larger than image_size 15 x 15', 'ConfigUnreadable'],
])('it is refused with %o', (vision, expected, name) => {
  const read = () => readArchitecture(mobileClip(vision));
  expect(read).toThrow(expect.objectContaining({ name }));
  expect(read).toThrow(expected);
});
