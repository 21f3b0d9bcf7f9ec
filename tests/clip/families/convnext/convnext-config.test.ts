import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';

const convnext = (vision: Record<string, unknown> = {}) => ({
  model_cfg: {
    embed_dim: 640,
    vision_cfg: { image_size: 256, timm_model_name: 'convnext_base', timm_proj: 'linear', ...vision },
    text_cfg: {},
  },
});

describe('a ConvNeXt', () => {
  it('is what its timm name says, whatever OpenCLIP would say of its own towers', () => {
    const ignored = { layers: [3], width: 10, patch_size: 7, pool_type: 'tok', norm_kwargs: { eps: 1 } };
    expect(readArchitecture(convnext({ ...ignored, timm_pool: '' })).vision).toEqual({
      family: 'convnext',
      imageSize: [256, 256],
      stages: [
        { channels: 128, blocks: 3, kernel: 7 },
        { channels: 256, blocks: 3, kernel: 7 },
        { channels: 512, blocks: 27, kernel: 7 },
        { channels: 1024, blocks: 3, kernel: 7 },
      ],
      normEpsilon: 1e-6,
      head: { kind: 'linear', bias: false, outputDim: 640 },
      outputDim: 640,
    });
  });

  it('has the eps of its name, and heads of four kinds', () => {
    expect(readArchitecture(convnext({ timm_model_name: 'convnext_xxlarge' })).vision).toMatchObject({
      normEpsilon: 1e-5,
    });
    const heads = [
      [
        { timm_proj: 'mlp', timm_proj_bias: true },
        { kind: 'mlp', bias: true, outputDim: 640 },
      ],
      [{ timm_proj: null }, { kind: 'timm', bias: false, outputDim: 640 }],
      [{ timm_proj: 'none' }, { kind: 'none', bias: false, outputDim: 1024 }],
    ] as const;
    for (const [vision, head] of heads)
      expect(readArchitecture(convnext(vision)).vision).toMatchObject({ head, outputDim: head.outputDim });
  });

  it.each([
    [{ timm_pool: 'max' }, 'vision_cfg.timm_pool = "max"'],
    [{ timm_pool: '', timm_proj: null }, 'vision_cfg.timm_pool = ""'],
    [{ timm_model_kwargs: { patch_size: 2 } }, 'timm_model_kwargs.patch_size = 2'],
    [{ timm_pool: 'rot_attn' }, 'vision_cfg.timm_pool = "rot_attn"'],
    [{ timm_proj: 'mlp2' }, 'vision_cfg.timm_proj = "mlp2"'],
    [{ timm_proj: 'timm' }, 'vision_cfg.timm_proj = "timm"'],
    [{ timm_model_name: 'convnextv2_base' }, 'timm_model_name = "convnextv2_base"'],
    [{ timm_model_name: 'convnext_large_mlp' }, 'timm_model_name = "convnext_large_mlp"'],
    [{ timm_model_kwargs: { use_grn: true } }, 'timm_model_kwargs.use_grn = true'],
    [{ timm_model_kwargs: { conv_mlp: true } }, 'timm_model_kwargs.conv_mlp = true'],
    [{ timm_model_kwargs: { head_norm_first: true } }, 'timm_model_kwargs.head_norm_first = true'],
    [{ timm_model_kwargs: { head_hidden_size: 8 } }, 'timm_model_kwargs.head_hidden_size = 8'],
    [{ timm_model_kwargs: { stem_type: 'overlap' } }, 'timm_model_kwargs.stem_type = "overlap"'],
    [{ timm_model_kwargs: { output_stride: 16 } }, 'timm_model_kwargs.output_stride = 16'],
    [{ timm_model_kwargs: { act_layer: 'relu' } }, 'timm_model_kwargs.act_layer = "relu"'],
    [{ timm_model_kwargs: { kernel_sizes: [7, 7, 7, 4] } }, 'timm_model_kwargs.kernel_sizes'],
    [{ patch_drop: 0.5 }, 'vision_cfg.patch_drop = 0.5'],
  ])('is refused with %o', (vision, expected) => {
    const read = () => readArchitecture(convnext(vision));
    expect(read).toThrow(expect.objectContaining({ name: 'UnsupportedSetting' }));
    expect(read).toThrow(expected);
  });

  it.each([
    [{ image_size: 31 }, 'vision_cfg.image_size 31 x 31 is smaller than 32 x 32.', 'ConfigUnreadable'],
    [{ timm_model_kwargs: { depths: [1, 2, 3] } }, 'depths is [1,2,3], expected 4 whole', 'ConfigUnreadable'],
    [{ timm_model_kwargs: { dims: [8, 16, 0, 4] } }, 'dims is [8,16,0,4], expected 4', 'ConfigUnreadable'],
    [{ timm_model_kwargs: { depths: [1, 1, 1e9, 1] } }, 'from 1 to 1000', 'ConfigUnreadable'],
    [{ image_size: 30_000 }, 'Pictures of 30,000 x 30,000 pixels take', 'ModelTooLarge'],
  ])('cannot be read with %o', (vision, expected, name) => {
    const read = () => readArchitecture(convnext(vision));
    expect(read).toThrow(expect.objectContaining({ name }));
    expect(read).toThrow(expected);
  });
});
