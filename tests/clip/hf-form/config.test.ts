import { describe, expect, it } from 'vitest';
import { readArchitecture, type Architecture } from '../../../src/clip/architecture';
import { openClipConfig } from '../../../src/clip/hf-form/config';
import { configs } from '../../../tools/model-configs.json';

type Json = Record<string, unknown>;

/** Small files beside `config.json`, by their role. */
type Others = Partial<Record<'preprocessor' | 'processor' | 'tokenizerConfig', unknown>>;

async function translated(config: Json, others: Others = {}): Promise<Architecture> {
  const read = (part: keyof Others) =>
    Promise.resolve(others[part] === undefined ? undefined : JSON.stringify(others[part]));
  return readArchitecture(JSON.parse(await openClipConfig('config.json', JSON.stringify(config), read)));
}

/** OpenCLIP's own config of a published model, read. */
const published = (name: keyof typeof configs): Architecture => readArchitecture(configs[name]);

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** What transformers itself writes beside a SigLIP of this size. */
const squashed = (side: number) => ({
  ...{ do_normalize: true, do_rescale: true, do_resize: true, rescale_factor: 0.00392156862745098 },
  ...{ image_mean: HALF.mean, image_std: HALF.std, image_processor_type: 'SiglipImageProcessor' },
  ...{ resample: 3, size: { height: side, width: side } },
});

/** An OpenAI's ViT-L/14 as it lies on the hub, as far as a reader looks. */
const VIT_L = {
  architectures: ['CLIPModel'],
  model_type: 'clip',
  projection_dim: 768,
  logit_scale_init_value: 2.6592,
  text_config: {
    ...{ hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12, num_hidden_layers: 12 },
    ...{ max_position_embeddings: 77, vocab_size: 49408, hidden_act: 'quick_gelu', layer_norm_eps: 1e-5 },
    ...{ bos_token_id: 0, eos_token_id: 2, pad_token_id: 1, top_k: 50, torchscript: false },
  },
  text_config_dict: null,
  vision_config: {
    ...{ hidden_size: 1024, intermediate_size: 4096, num_attention_heads: 16, num_hidden_layers: 24 },
    ...{ image_size: 224, patch_size: 14, hidden_act: 'quick_gelu', layer_norm_eps: 1e-5 },
  },
};

describe('a config that transformers wrote', () => {
  it('of a CLIP is the config of the same model in OpenCLIP', async () => {
    const preprocessor = {
      ...{
        crop_size: 224,
        do_center_crop: true,
        do_normalize: true,
        do_resize: true,
        resample: 3,
        size: 224,
      },
      feature_extractor_type: 'CLIPFeatureExtractor',
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_std: [0.26862954, 0.26130258, 0.27577711],
    };
    const expected = published('ViT-L-14-quickgelu');
    expect(await translated(VIT_L, { preprocessor })).toEqual(expected);
    expect(await translated(VIT_L)).toEqual(expected);
  });

  it('of a SigLIP says little, and is the config of the same model with the activation it was trained with', async () => {
    const config = {
      ...{ architectures: ['SiglipModel'], initializer_factor: 1, model_type: 'siglip' },
      text_config: { model_type: 'siglip_text_model' },
      vision_config: { model_type: 'siglip_vision_model' },
    };
    const found = await translated(config, { preprocessor: squashed(224) });
    const { vision, text, ...rest } = published('ViT-B-16-SigLIP');
    expect(found).toEqual({
      ...rest,
      vision: { ...vision, activation: 'gelu-tanh' },
      text: { ...text, activation: 'gelu-tanh' },
    });
  });

  it('of a SigLIP 2 at a fixed size is its config too, with texts lower-cased and no more', async () => {
    const wide = {
      hidden_size: 1152,
      intermediate_size: 4304,
      num_attention_heads: 16,
      num_hidden_layers: 27,
    };
    const found = await translated(
      {
        ...{ architectures: ['SiglipModel'], model_type: 'siglip' },
        text_config: { ...wide, vocab_size: 256000 },
        vision_config: { ...wide, image_size: 384 },
      },
      {
        processor: { image_processor: squashed(384), processor_class: 'SiglipProcessor' },
        tokenizerConfig: { tokenizer_class: 'GemmaTokenizer', padding_side: 'right' },
      },
    );
    const expected = published('ViT-SO400M-16-SigLIP2-384');
    expect(found).toEqual({ ...expected, tokenizer: { ...expected.tokenizer, clean: 'lower' } });
  });

  it.each([
    [2, { pool: 'argmax' }],
    [49_407, { pool: 'eos', eosId: 49_407 }],
    [49_408, { pool: 'first' }],
  ])(
    'with the end token %i takes a text’s embedding where transformers does',
    async (eos_token_id, pooling) => {
      const { text } = await translated({ ...VIT_L, text_config: { ...VIT_L.text_config, eos_token_id } });
      expect(text).toMatchObject(pooling);
    },
  );

  it('in two forms counts as in the older one, whole', async () => {
    const text_config_dict = { hidden_size: 96, num_attention_heads: 2, num_hidden_layers: 3 };
    const { text } = await translated({ ...VIT_L, text_config_dict });
    expect(text).toMatchObject({ width: 96, heads: 2, layers: 3, mlpWidth: 2048 });
  });

  it('of another vocabulary than CLIP’s has its tokenizer beside it', async () => {
    const text_config = { ...VIT_L.text_config, vocab_size: 30_000 };
    const { tokenizer } = await translated({ ...VIT_L, text_config });
    expect(tokenizer).toMatchObject({ padding: 'own', clean: 'whitespace' });
  });

  const none = () => Promise.reject(new Error('asked for another file'));

  it('that is OpenCLIP’s own stays as it is', async () => {
    const text = '{"model_cfg": {}, "model_type": "clip"}';
    expect(await openClipConfig('config.json', text, none)).toBe(text);
  });

  it.each([
    ['{', 'config.json is not JSON: '],
    ['[1]', 'config.json is [1], expected an object.'],
    [
      '{"model": 1}',
      'config.json has neither model_cfg, as OpenCLIP writes it, nor architectures or model_type',
    ],
  ])('that is neither is refused by the name of its file: %s', async (text, message) => {
    await expect(openClipConfig('config.json', text, none)).rejects.toMatchObject({
      name: 'ConfigUnreadable',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('how pictures are prepared', () => {
  const crop = { height: 224, width: 224 };

  it.each<[string, Json, object]>([
    ['nothing is said', {}, { resizeMode: 'shortest', interpolation: 'bicubic' }],
    ['both edges are given', { size: crop, do_center_crop: false }, { resizeMode: 'squash' }],
    ['the middle of a square is all of it', { size: crop, crop_size: crop }, { resizeMode: 'squash' }],
    [
      'edges are null',
      { size: { ...crop, shortest_edge: null }, do_center_crop: false },
      { resizeMode: 'squash' },
    ],
    ['by bilinear filtering', { resample: 2 }, { interpolation: 'bilinear' }],
    ['without a mean', { do_normalize: false }, { mean: [0, 0, 0], std: [1, 1, 1] }],
    [
      'by another class',
      { image_processor_type: 'SiglipImageProcessorFast', size: crop },
      { resizeMode: 'squash', mean: HALF.mean },
    ],
  ])('%s', async (_, preprocessor, expected) => {
    const { preprocess } = await translated(VIT_L, { preprocessor });
    expect(preprocess).toMatchObject({ size: [224, 224], ...expected });
  });

  it.each<[string, Json]>([
    ['size', { size: { shortest_edge: 256 } }],
    ['size', { size: { longest_edge: 224 } }],
    ['crop_size', { crop_size: { height: 224, width: 192 } }],
    ['do_center_crop', { do_center_crop: false }],
    ['do_resize', { do_resize: false }],
    ['do_rescale', { do_rescale: false }],
    ['do_pad', { do_pad: true }],
    ['rescale_factor', { rescale_factor: 1 / 127.5 }],
    ['resample', { resample: 1 }],
    ['image_processor_type', { image_processor_type: 'ViTImageProcessor' }],
    ['feature_extractor_type', { feature_extractor_type: 'BlipFeatureExtractor' }],
  ])('with an odd %s is refused by that name', async (key, preprocessor) => {
    await expect(translated(VIT_L, { preprocessor })).rejects.toMatchObject({
      name: 'UnsupportedSetting',
      message: expect.stringContaining(`preprocessor_config.${key} = `) as string,
    });
  });
});

describe('what cannot run is refused by its name', () => {
  const siglip = { model_type: 'siglip' };
  it.each<[string, Json, Others?]>([
    [
      'config.json.architectures = ["ChineseCLIPModel"]',
      { architectures: ['ChineseCLIPModel'], model_type: 'chinese_clip' },
    ],
    [
      'config.json.architectures = ["CLIPVisionModelWithProjection"]',
      { architectures: ['CLIPVisionModelWithProjection'], model_type: 'clip' },
    ],
    [
      'config.json.architectures = ["Siglip2Model"] is not supported (it takes pictures of any shape (NaFlex)',
      { architectures: ['Siglip2Model'], model_type: 'siglip2' },
    ],
    ['config.json.model_type = "clip_text_model"', { model_type: 'clip_text_model' }],
    ['text_config.hidden_act = "gelu"', { ...VIT_L, text_config: { hidden_act: 'gelu' } }],
    ['vision_config.hidden_act = "swish"', { ...VIT_L, vision_config: { hidden_act: 'swish' } }],
    ['vision_config.num_channels = 1', { ...VIT_L, vision_config: { num_channels: 1 } }],
    ['vision_config.vision_use_head = false', { ...siglip, vision_config: { vision_use_head: false } }],
    ['vision_config.layer_norm_eps = 0.00001', { ...siglip, vision_config: { layer_norm_eps: 1e-5 } }],
    ['vision_config.hidden_act = "quick_gelu"', { ...siglip, vision_config: { hidden_act: 'quick_gelu' } }],
    ['tokenizer_config.json.padding_side = "left"', siglip, { tokenizerConfig: { padding_side: 'left' } }],
  ])('%s', async (message, config, others) => {
    await expect(translated(config, others)).rejects.toMatchObject({
      name: 'UnsupportedSetting',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each<[string, Json]>([
    ['text_config.hidden_size', { ...VIT_L, text_config: { hidden_size: '512' } }],
    ['vision_config.image_size', { ...VIT_L, vision_config: { image_size: [224, 192] } }],
    ['text_config.eos_token_id', { ...VIT_L, text_config: { eos_token_id: [2, 3] } }],
    [
      'vision_config: width 768 cannot be shared by 7 heads',
      { ...VIT_L, vision_config: { num_attention_heads: 7 } },
    ],
  ])('a bad %s', async (message, config) => {
    await expect(translated(config)).rejects.toMatchObject({
      name: 'ConfigUnreadable',
      message: expect.stringContaining(message) as string,
    });
  });
});
