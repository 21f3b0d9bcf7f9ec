import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';
import { withImageSize } from '../../../../src/clip/position-embedding';

const resnet = (vision: Record<string, unknown> = {}) => ({
  model_cfg: {
    embed_dim: 1024,
    vision_cfg: { image_size: 224, layers: [3, 4, 6, 3], width: 64, patch_size: null, ...vision },
    text_cfg: {},
  },
});

describe('a ResNet', () => {
  it('is read where layers are a list, whatever OpenCLIP would say of its ViTs', () => {
    const ignored = { pool_type: 'avg', mlp_ratio: 3, timm_pool: 'max', no_ln_pre: true };
    expect(readArchitecture(resnet(ignored)).vision).toEqual({
      family: 'resnet',
      imageSize: [224, 224],
      width: 64,
      blocks: [3, 4, 6, 3],
      heads: 32,
      outputDim: 1024,
    });
  });

  it('runs at its own picture size alone', () => {
    expect(() => withImageSize(readArchitecture(resnet()), [256, 256])).toThrow(
      'This model reads no pictures of 256 x 256 pixels, only 224 x 224.',
    );
  });

  it.each([
    [{ image_size: [224, 256] }, 'vision_cfg.image_size = [224,256]', 'UnsupportedSetting'],
    [{ stem: 1 }, 'vision_cfg.stem = 1', 'UnsupportedSetting'],
    [{ layers: [3, 4, 6] }, 'vision_cfg.layers is [3,4,6], expected 4 whole numbers', 'ConfigUnreadable'],
    [{ layers: [3, 4, 6, 0] }, 'vision_cfg.layers is [3,4,6,0]', 'ConfigUnreadable'],
    [{ head_width: 60 }, 'width 2048 cannot be shared by 34 heads', 'ConfigUnreadable'],
    [{ head_width: 4096 }, 'width 2048 cannot be shared by 0 heads', 'ConfigUnreadable'],
    [{ image_size: 30 }, 'vision_cfg.image_size 30 does not make places of 32.', 'ConfigUnreadable'],
    // OpenCLIP would have positions for 6 x 6, and 7 x 7 places.
    [{ image_size: 223 }, 'vision_cfg.image_size 223 does not make places of 32.', 'ConfigUnreadable'],
    [{ image_size: 32_000 }, 'Pictures of 32,000 x 32,000 pixels take', 'ModelTooLarge'],
  ])('cannot be run with %o', (vision, expected, name) => {
    const read = () => readArchitecture(resnet(vision));
    expect(read).toThrow(expect.objectContaining({ name }));
    expect(read).toThrow(expected);
  });
});
