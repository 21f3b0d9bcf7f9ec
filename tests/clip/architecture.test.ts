import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';

type Config = Record<string, unknown>;

/** A config of OpenCLIP's ViT-B-32 with `vision`, `text` and `top` laid over it. */
function config({ vision = {}, text = {}, top = {}, preprocess = {} }: Record<string, Config> = {}): unknown {
  return {
    model_cfg: {
      embed_dim: 512,
      vision_cfg: { image_size: 224, layers: 12, width: 768, patch_size: 32, ...vision },
      text_cfg: { context_length: 77, vocab_size: 49408, width: 512, heads: 8, layers: 12, ...text },
      ...top,
    },
    preprocess_cfg: preprocess,
  };
}

describe('readArchitecture', () => {
  it('takes the defaults of CLIPVisionCfg and CLIPTextCfg', () => {
    const architecture = readArchitecture({ model_cfg: { embed_dim: 512, vision_cfg: {}, text_cfg: {} } });
    expect(architecture).toEqual({
      vision: {
        family: 'vit',
        width: 768,
        layers: 12,
        heads: 12,
        mlpWidth: 3072,
        activation: 'gelu',
        layerScale: false,
        normEpsilon: 1e-5,
        imageSize: [224, 224],
        patchSize: [16, 16],
        preNorm: true,
        pool: 'tok',
        finalNormAfterPool: false,
        timm: false,
        outputDim: 512,
      },
      text: {
        family: 'clip',
        width: 512,
        layers: 12,
        heads: 8,
        mlpWidth: 2048,
        activation: 'gelu',
        layerScale: false,
        normEpsilon: 1e-5,
        contextLength: 77,
        vocabSize: 49408,
        causal: true,
        pool: 'argmax',
        eosId: 2,
        projection: 'matrix',
        outputDim: 512,
      },
      tokenizer: { contextLength: 77, clean: 'lower', padding: 'zero', stripSeparator: false, unknown: [] },
      preprocess: {
        size: [224, 224],
        resizeMode: 'shortest',
        interpolation: 'bicubic',
        fillColor: 0,
        mean: [0.48145466, 0.4578275, 0.40821073],
        std: [0.26862954, 0.26130258, 0.27577711],
      },
      customText: false,
    });
  });

  it('truncates the MLP width and rounds the number of heads down, as OpenCLIP does', () => {
    const vision = { width: 1408, head_width: 88, mlp_ratio: 4.3637 };
    expect(readArchitecture(config({ vision })).vision).toMatchObject({ heads: 16, mlpWidth: 6144 });
    const odd = { width: 50, head_width: 20, mlp_ratio: 2.75 };
    expect(readArchitecture(config({ vision: odd })).vision).toMatchObject({ heads: 2, mlpWidth: 137 });
  });

  it('reads what the checkpoint asks of pictures, one number standing for three', () => {
    const preprocess = {
      mean: 0.5,
      std: [0.1, 0.2, 0.3],
      resize_mode: 'squash',
      interpolation: 'bilinear',
      size: 9,
    };
    expect(readArchitecture(config({ preprocess, vision: { image_size: [64, 96] } })).preprocess).toEqual({
      size: [64, 96],
      resizeMode: 'squash',
      interpolation: 'bilinear',
      fillColor: 0,
      mean: [0.5, 0.5, 0.5],
      std: [0.1, 0.2, 0.3],
    });
  });

  it('takes a null for a setting that is not there', () => {
    const vision = { timm_model_name: null, ls_init_value: null, norm_kwargs: null };
    expect(readArchitecture(config({ vision, text: { hf_tokenizer_name: null } }))).toEqual(
      readArchitecture(config()),
    );
  });

  it('lets pass what changes nothing at inference', () => {
    const vision = {
      patch_dropout: 0.5,
      output_tokens: true,
      timm_model_name: '',
      timm_pool: 'map',
      timm_drop_path: 0.1,
      attentional_pool: false,
      attn_pooler_queries: 128,
      attn_pooler_heads: 16,
    };
    const text = {
      output_tokens: true,
      tokenizer_kwargs: { clean: 'lower' },
      pad_id: 1,
      hf_tokenizer_name: '',
      tokenizer_mode: '',
      hf_model_pretrained: false,
      hf_proj_type: 'linear',
      hf_pooler_type: 'cls_pooler',
      use_pad_mask: true,
      correct_cls_mask: true,
      final_ln_after_pool: true,
    };
    const top = { init_logit_scale: 2.3, init_logit_bias: -10 };
    expect(readArchitecture(config({ vision, text, top }))).toEqual(readArchitecture(config()));
  });

  it.each([
    ['custom_text', config({ top: { custom_text: true } })],
    ['an empty hf_model_name', config({ text: { hf_model_name: '' } })],
  ])('knows by %s that the text tower lies below `text.`', (_, json) => {
    expect(readArchitecture(json)).toEqual({ ...readArchitecture(config()), customText: true });
  });

  it('keeps unknown tokenizer settings for whoever tokenizes', () => {
    const text = { hf_tokenizer_name: 'x', tokenizer_kwargs: { clean: 'canonicalize', language: 'en' } };
    expect(readArchitecture(config({ text })).tokenizer).toMatchObject({
      clean: 'canonicalize',
      padding: 'own',
      unknown: ['language = "en"'],
    });
  });

  const refused: [string, Record<string, Config>, string][] = [
    [
      'a timm tower',
      { vision: { timm_model_name: 'swin_base_patch4_window7_224' } },
      'vision_cfg.timm_model_name = "swin_base_patch4_window7_224"',
    ],
    [
      "CoCa's other pooling",
      { vision: { attentional_pool: 'cascade' } },
      'vision_cfg.attentional_pool = "cascade"',
    ],
    [
      'a Hugging Face text tower',
      { text: { hf_model_name: 'google/mt5-base' } },
      'text_cfg.hf_model_name = "google/mt5-base" is not supported (of transformers\' models',
    ],
    [
      'sine positions',
      { vision: { pos_embed_type: 'sin_cos_2d' } },
      'vision_cfg.pos_embed_type = "sin_cos_2d"',
    ],
    ['unpooled pictures', { vision: { pool_type: 'none' } }, 'vision_cfg.pool_type = "none"'],
    ['map pooling of text', { text: { pool_type: 'map' } }, 'text_cfg.pool_type = "map"'],
    ['normed queries', { vision: { qk_norm: true } }, 'vision_cfg.qk_norm = true'],
    ['custom blocks', { text: { block_type: 'custom' } }, 'text_cfg.block_type = "custom"'],
    ['scaled heads', { text: { scale_heads: true } }, 'text_cfg.scale_heads = true'],
    ['a modern text tower', { text: { text_arch: 'modern' } }, 'text_cfg.text_arch = "modern"'],
    ['a tokenizer mode', { text: { tokenizer_mode: 'clips' } }, 'text_cfg.tokenizer_mode = "clips"'],
    [
      'a norm without weights',
      { text: { norm_kwargs: { elementwise_affine: false } } },
      'elementwise_affine = false',
    ],
    [
      'an unknown GELU',
      { text: { act_kwargs: { approximate: 'x' } } },
      'text_cfg.act_kwargs.approximate = "x"',
    ],
    [
      'a keyword for QuickGELU',
      { top: { quick_gelu: true }, text: { act_kwargs: { approximate: 'tanh' } } },
      'approximate = "tanh"',
    ],
    ['an unknown setting', { top: { audio_cfg: {} } }, 'model_cfg.audio_cfg = {}'],
    ['an unknown resize mode', { preprocess: { resize_mode: 'fit' } }, 'preprocess_cfg.resize_mode = "fit"'],
    ['a deviation of zero', { preprocess: { std: 0 } }, 'preprocess_cfg.std = 0 is'],
    [
      'a deviation near zero',
      { preprocess: { std: [0.2, 1e-30, 0.2] } },
      'preprocess_cfg.std = [0.2,1e-30,0.2]',
    ],
    [
      'a deviation that hides every picture',
      { preprocess: { std: 1e300 } },
      'preprocess_cfg.std = 1e+300 is',
    ],
    [
      'an end of text beyond the vocabulary',
      { text: { pool_type: 'eos', eos_id: 49_408 } },
      'text_cfg.eos_id = 49408',
    ],
    ['a mean that no colour has', { preprocess: { mean: 1e30 } }, 'preprocess_cfg.mean = 1e+30'],
    ['a mean of levels, not of colours', { preprocess: { mean: 123 } }, 'preprocess_cfg.mean = 123 is'],
    ['another colour mode', { preprocess: { mode: 'L' } }, 'preprocess_cfg.mode = "L"'],
  ];
  it.each(refused)('refuses %s by name and value', (_, parts, expected) => {
    const read = () => readArchitecture(config(parts));
    expect(read).toThrow(expect.objectContaining({ name: 'UnsupportedSetting' }));
    expect(read).toThrow(expected);
  });

  const unreadable: [string, unknown, string][] = [
    ['no object', 3, 'open_clip_config.json is 3, expected an object.'],
    ['no model_cfg', {}, 'model_cfg is absent, expected an object.'],
    ['no embed_dim', { model_cfg: { vision_cfg: {}, text_cfg: {} } }, 'model_cfg.embed_dim is missing'],
    ['a width in words', config({ vision: { width: '768' } }), 'vision_cfg.width is "768"'],
    ['a fraction of a layer', config({ text: { layers: 1.5 } }), 'text_cfg.layers is 1.5'],
    [
      'heads that do not fit',
      config({ text: { heads: 7 } }),
      'text_cfg: width 512 cannot be shared by 7 heads.',
    ],
    [
      'a patch larger than the picture',
      config({ vision: { patch_size: 300 } }),
      'patch_size 300 x 300 is larger',
    ],
    [
      'no end of text to pool',
      config({ text: { pool_type: 'eos' } }),
      'text_cfg.eos_id is missing, expected a whole number',
    ],
    ['no flag', config({ top: { quick_gelu: 'yes' } }), 'model_cfg.quick_gelu is "yes"'],
    ['two means', config({ preprocess: { mean: [1, 2] } }), 'preprocess_cfg.mean is [1,2]'],
  ];
  it.each(unreadable)('names what cannot be read: %s', (_, json, expected) => {
    const read = () => readArchitecture(json);
    expect(read).toThrow(expect.objectContaining({ name: 'ConfigUnreadable' }));
    expect(read).toThrow(expected);
  });

  it.each<[string, Record<string, Config>, RegExp]>([
    [
      'pictures of 20,000 pixels',
      { vision: { image_size: 20_000 } },
      /^Pictures of 20,000 x 20,000 pixels make 390,626 tokens in this model, which take [\d,.]+ GB; there is room for 3\.8 GB\.$/,
    ],
    ['one patch of as many', { vision: { image_size: 20_000, patch_size: 20_000 } }, /make 2 tokens/],
    ['patches of a pixel', { vision: { image_size: 224, patch_size: 1 } }, /make 50,177 tokens/],
    ['texts of many heads', { text: { context_length: 8192, heads: 64 } }, /^Texts of 8,192 tokens make/],
  ])('refuses %s with the numbers, before there is any weight', (_, parts, message) => {
    const read = () => readArchitecture(config(parts));
    expect(read).toThrow(expect.objectContaining({ name: 'ModelTooLarge' }));
    expect(read).toThrow(message);
  });

  it('reads the largest pictures and texts that are published', () => {
    for (const vision of [
      { image_size: 512, patch_size: 16, width: 1152, head_width: 72 },
      { image_size: 560, patch_size: 14, width: 1664, head_width: 104, mlp_ratio: 4.9231 },
    ]) {
      expect(() => readArchitecture(config({ vision, text: { context_length: 512 } }))).not.toThrow();
    }
  });
});
