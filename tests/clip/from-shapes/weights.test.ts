import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readArchitecture, type Architecture } from '../../../src/clip/architecture';
import { CATALOGUE } from '../../../src/clip/catalogue';
import { readCheckpoint } from '../../../src/clip/checkpoint';
import { parseJson } from '../../../src/clip/parse-json';
import { checkpointTensor } from '../../../src/clip/weights/checkpoint-names';
import { configFor, questionsAbout } from '../../../src/clip/from-shapes/weights';
import { nodeRuntime } from '../../../src/clip/session-node';
import { imageTensors, textTensors } from '../../../src/clip/weights/tensors';
import { openImageTower, openTextTower } from '../../../src/clip/towers';
import { memoryFiles, storeTensors } from '../../../src/clip/weights/weights';
import { failureName, messageOf } from '../../../src/core/failure';
import { bufferSource } from '../../../src/formats/byte-source';
import {
  readSafetensorsHeader,
  type SafetensorsHeader,
  type TensorInfo,
} from '../../../src/formats/safetensors';
import { readFloats, readJson } from '../../../tools/conformance/fixtures';
import { nodeFixtures } from '../../../tools/conformance/node-fixtures';
import { architectures } from '../../../tools/zoo/published.json';
import { largestDifference } from '../../../src/core/vectors';

type Shapes = ReadonlyMap<string, readonly number[]>;
type Answers = Readonly<Record<string, string>>;

interface Config {
  readonly model_cfg: Readonly<Record<'vision_cfg' | 'text_cfg', Readonly<Record<string, unknown>>>>;
  readonly preprocess_cfg?: Readonly<Record<string, unknown>>;
}

/** A header with these tensors; no bytes. */
function headerOf(shapes: Shapes): SafetensorsHeader {
  const tensors = [...shapes].map(([name, shape]): [string, TensorInfo] => [
    name,
    { name, dtype: 'F32', shape, start: 0, end: 0 },
  ]);
  return { tensors: new Map(tensors), metadata: new Map(), dataStart: 0 };
}

/** The tensors of a checkpoint of `config`, as OpenCLIP writes them. */
function shapesOf(config: Config): Map<string, readonly number[]> {
  const architecture = readArchitecture(config);
  const named = (tower: 'image' | 'text', shapes: Shapes) =>
    [...shapes].map(([name, shape]): [string, readonly number[]] => {
      const tensor = checkpointTensor(architecture, tower, name, shape);
      return [tensor.name, tensor.shape];
    });
  return new Map([
    ['logit_scale', []],
    ...('init_logit_bias' in config.model_cfg ? [['logit_bias', []] as const] : []),
    ...named('image', imageTensors(architecture.vision)),
    ...named('text', textTensors(architecture.text)),
  ]);
}

/** What a person would answer who knows the model: to every question, asked or not. */
function rightAnswers({ vision, text }: Architecture, config: Config): Answers {
  if (text.family !== 'clip') throw new Error("Only OpenCLIP's own text towers are told by their shapes.");
  const ofText = {
    textActivation: text.activation,
    textMask: text.causal ? 'causal' : 'none',
    textPool: text.pool === 'eos' ? `eos:${text.eosId}` : text.pool,
    textHeads: String(text.heads),
  };
  if (vision.family === 'resnet') return { ...ofText, imageHeads: String(vision.heads) };
  if (vision.family !== 'vit') throw new Error(`a tower of the family ${vision.family} is not recognised`);
  const tanh = [vision, text].map(({ activation }) => activation === 'gelu-tanh');
  const poolOfImage = vision.finalNormAfterPool ? 'avg-norm' : 'norm-avg';
  return {
    ...ofText,
    activation:
      text.activation === 'quick-gelu'
        ? 'quick-gelu'
        : (['gelu', 'image-tanh', 'text-tanh', 'gelu-tanh'][Number(tanh[0]) + 2 * Number(tanh[1])] ?? ''),
    imageActivation: vision.activation,
    imageSize: vision.imageSize.join('x'),
    imagePreset: String(config.model_cfg.vision_cfg['timm_model_name']),
    imagePool: vision.pool === 'avg' ? poolOfImage : 'tok',
    imageHeads: String(vision.heads),
    poolHeads: String(vision.attentionalPool?.heads),
  };
}

/** The questions whose preset would be wrong, with the right answers. */
function corrections(header: SafetensorsHeader, right: Answers): Answers {
  const wrong = questionsAbout(header).filter(({ key, preset }) => (right[key] ?? preset) !== preset);
  return Object.fromEntries(wrong.map(({ key }) => [key, right[key] ?? '']));
}

const architectureFor = (header: SafetensorsHeader, answers: Answers) =>
  readArchitecture(configFor(header, answers));

const published = (
  JSON.parse(readFileSync('tests/fixtures/vit-configs.json', 'utf8')) as {
    models: { name: string; model_cfg: Config['model_cfg'] }[];
  }
).models;

/** The published models that presets alone would read wrongly, and what they need. */
const CORRECTIONS: Readonly<Record<string, Answers>> = {
  ...Object.fromEntries(
    published
      .filter(({ name }) => name.endsWith('-quickgelu'))
      .map(({ name }) => [name, { activation: 'quick-gelu' }]),
  ),
  'ViT-SO400M-14-SigLIP-378': { imagePreset: 'vit_so400m_patch14_siglip_378' },
};

/** Published models of other families that shapes tell; each ResNet was trained with QuickGELU. */
const OTHERS = [
  'RN50-quickgelu',
  'RN101-quickgelu',
  'RN50x4-quickgelu',
  'RN50x16-quickgelu',
  'RN50x64-quickgelu',
  'coca_ViT-B-32',
  'coca_ViT-L-14',
] as const;

test.each(OTHERS)('the shapes of %s are read, asking for no more than it must', (name) => {
  const config = architectures[name] as unknown as Config;
  const header = headerOf(shapesOf(config));
  const expected = readArchitecture(config);
  expect(corrections(header, rightAnswers(expected, config))).toEqual({});
  const { vision, text, customText } = architectureFor(header, {});
  expect({ vision, text, customText }).toEqual({
    vision: expected.vision,
    text: expected.text,
    customText: expected.customText,
  });
});

describe('the shapes of published models', () => {
  test.each(published)('$name is read, asking for no more than it must', ({ name, model_cfg }) => {
    const header = headerOf(shapesOf({ model_cfg }));
    const expected = readArchitecture({ model_cfg });
    const needed = corrections(header, rightAnswers(expected, { model_cfg }));
    expect(needed).toEqual(CORRECTIONS[name] ?? {});
    const { vision, text, tokenizer, customText } = architectureFor(header, needed);
    expect({ vision, text, tokenizer, customText }).toEqual({
      vision: expected.vision,
      text: expected.text,
      tokenizer: expected.tokenizer,
      customText: expected.customText,
    });
    expect(configFor(header, needed)).toMatchObject({
      model_cfg: { vision_cfg: expect.not.objectContaining({ timm_model_kwargs: expect.anything() }) },
    });
  });

  const CLIP = ['activation', 'preprocess', 'imagePool', 'imageHeads', 'textMask', 'textPool', 'textHeads'];
  test.each([
    ['ViT-B-32', CLIP],
    ['ViT-bigG-14-worldwide', CLIP],
    ['ViT-L-14-CLIPA', [...CLIP, 'tokenizer']],
    ['ViT-B-16-SigLIP', []],
    ['ViT-B-16-SigLIP-i18n-256', []],
    ['ViT-gopt-16-SigLIP2-384', []],
    ['ViT-SO400M-14-SigLIP-384', ['imagePreset']],
    ['ViT-SO400M-14-SigLIP2-378', ['imagePreset']],
  ])('%s is asked for %j', (name, keys) => {
    const model_cfg = published.find((model) => model.name === name)!.model_cfg;
    expect(questionsAbout(headerOf(shapesOf({ model_cfg }))).map(({ key }) => key)).toEqual(keys);
  });

  const PREPARED: Readonly<Record<string, string>> = {
    'ViT-L-14:laion2b_s32b_b82k': 'half',
    'ViT-L-14:Data-2B_Samples-34B_lr-1e-3_bs-86k': 'half',
    'ViT-H-14-worldwide-378:metaclip2_worldwide': 'openai-squash',
    'ViT-H-14-quickgelu:dfn5b': 'openai-squash',
    'ViT-H-14-378-quickgelu:dfn5b': 'openai-squash',
  };
  test.each(CATALOGUE)('$id is given pictures as it was trained', ({ id, architecture, preprocess }) => {
    const model_cfg = published.find(({ name }) => name === architecture)!.model_cfg;
    const header = headerOf(shapesOf({ model_cfg }));
    const answers = PREPARED[id] === undefined ? {} : { preprocess: PREPARED[id] };
    expect(architectureFor(header, answers).preprocess).toMatchObject(preprocess);
  });

  it('give CLIPA its own preparation and tokenizer', () => {
    const model_cfg = published.find(({ name }) => name === 'ViT-H-14-CLIPA-336')!.model_cfg;
    expect(configFor(headerOf(shapesOf({ model_cfg })), {})).toEqual({
      model_cfg,
      preprocess_cfg: {
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
        interpolation: 'bilinear',
        resize_mode: 'squash',
      },
    });
  });

  it('of a CoCa give the towers tokens beside the embedding, if there is a decoder to read them', () => {
    const shapes = shapesOf(architectures['coca_ViT-L-14']);
    expect(configFor(headerOf(shapes), {})).toMatchObject({
      model_cfg: {
        vision_cfg: { attentional_pool: true, attn_pooler_heads: 8 },
        text_cfg: { embed_cls: true, context_length: 76 },
      },
    });
    expect(JSON.stringify(configFor(headerOf(shapes), {}))).not.toContain('output_tokens');
    const decoder = ['text_decoder.resblocks.0.attn.in_proj_weight', [2304, 768]] as const;
    expect(configFor(headerOf(new Map([...shapes, decoder])), {})).toMatchObject({
      model_cfg: {
        vision_cfg: { output_tokens: true },
        text_cfg: { output_tokens: true },
        multimodal_cfg: { context_length: 76, vocab_size: 49_408, width: 768, heads: 12, layers: 1 },
      },
    });
  });

  it('are written as OpenCLIP writes them', () => {
    for (const name of ['ViT-bigG-14', 'ViT-B-16-SigLIP', 'ViT-SO400M-16-SigLIP-i18n-256']) {
      const model_cfg = published.find((model) => model.name === name)!.model_cfg;
      expect(configFor(headerOf(shapesOf({ model_cfg })), {})).toMatchObject({ model_cfg });
    }
  });
});

const fixtures = nodeFixtures(path.resolve('tests/fixtures'), undefined);
/** Not configs that ask for other sizes than the weights have. */
const TOWERS = [
  ...(await fixtures.folders('towers')).filter((name) => !name.startsWith('fine-tuned')),
  ...['coca-b', 'rn101', 'resnet-odd'].map((name) => `../zoo/towers/${name}`),
];

/** What no shape tells and no question asks for, by fixture: what is read in its place. */
const UNTOLD: Readonly<Record<string, Partial<Architecture['vision']>>> = {
  // Pixels behind the last whole place.
  '../zoo/towers/resnet-odd': { imageSize: [32, 32] },
  // Pixels that fill no patch: a picture is read as its patches, and asked for only where they make no square.
  'siglip-cut-edge': { imageSize: [32, 32] },
  'siglip-so400m': { imageSize: [28, 28] },
  // Before or after the class token was taken, the norm does the same.
  'tok-pool-norm-after': { finalNormAfterPool: false },
  // No published image tower of OpenCLIP has another eps than 1e-5.
  'vision-kwargs': { normEpsilon: 1e-5 },
  'attentional-pool': { normEpsilon: 1e-5 },
};

async function openFixture(name: string) {
  const source = bufferSource(await fixtures.bytes(`towers/${name}/open_clip_model.safetensors`));
  const config = await readJson<Config>(fixtures, `towers/${name}/open_clip_config.json`);
  const architecture = readArchitecture(config);
  const header = await readSafetensorsHeader(source);
  return { source, header, architecture, answers: rightAnswers(architecture, config) };
}

describe('checkpoints that OpenCLIP wrote, without their configs', () => {
  test.each(TOWERS)('%s is read as its config says', async (name) => {
    const { source, header, architecture, answers } = await openFixture(name);
    const config = JSON.stringify(configFor(header, answers));
    const read = (await readCheckpoint(config, source)).architecture;
    expect(read.vision).toEqual({ ...architecture.vision, ...UNTOLD[name] });
    expect(read.text).toEqual(architecture.text);
    expect(read.customText).toBe(architecture.customText);
  });

  test.each(['vit-gelu', 'siglip', 'vit-clipa', 'rn50-like', '../zoo/towers/coca-b'])(
    '%s gives the embeddings of OpenCLIP',
    async (name) => {
      const { source, header, answers } = await openFixture(name);
      const config = JSON.stringify(configFor(header, answers));
      const { architecture, tensors } = await readCheckpoint(config, source);
      const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
      const weights = async (tower: 'image' | 'text') => {
        const { append, files } = memoryFiles(tower);
        return { tensors: await storeTensors(source, tensors[tower], 'fp32', append), files };
      };
      const expected = await readJson<{
        token_ids: number[][];
        image_embed_norm: number[][];
        text_embed_norm: number[][];
      }>(fixtures, `towers/${name}/expected.json`);
      const image = await openImageTower(runtime, architecture.vision, await weights('image'));
      const text = await openTextTower(runtime, architecture.text, await weights('text'));
      try {
        const pixels = await readFloats(fixtures, `towers/${name}/pixels.f32.bin`);
        const pictures = await image.encode(pixels, expected.image_embed_norm.length);
        const texts = await text.encode(
          Int32Array.from(expected.token_ids.flat()),
          expected.token_ids.length,
        );
        expect(largestDifference(pictures, expected.image_embed_norm.flat())).toBeLessThan(2e-5);
        expect(largestDifference(texts, expected.text_embed_norm.flat())).toBeLessThan(2e-5);
      } finally {
        await Promise.all([image.release(), text.release()]);
      }
    },
  );
});

const SMALL = {
  model_cfg: {
    embed_dim: 24,
    vision_cfg: { image_size: 32, layers: 2, width: 128, patch_size: 8 },
    text_cfg: { context_length: 16, vocab_size: 96, width: 64, heads: 1, layers: 2 },
  },
};
const SMALL_SIGLIP = {
  model_cfg: {
    embed_dim: 64,
    custom_text: true,
    init_logit_bias: -10,
    vision_cfg: {
      image_size: 32,
      timm_model_name: 'vit_base_patch16_siglip_224',
      timm_pool: 'map',
      timm_proj: 'none',
      timm_model_kwargs: { img_size: 32, patch_size: 8, embed_dim: 64, depth: 1, num_heads: 1 },
    },
    text_cfg: { context_length: 16, vocab_size: 96, width: 64, heads: 1, layers: 1, proj_bias: true },
  },
};

const SMALL_RESNET = {
  model_cfg: {
    ...SMALL.model_cfg,
    vision_cfg: { image_size: 64, layers: [1, 2, 1, 1], width: 8, head_width: 64 },
  },
};

/** The small model's header, changed. */
function changed(change: (shapes: Map<string, readonly number[]>) => void, config: Config = SMALL) {
  const shapes = shapesOf(config);
  change(shapes);
  return headerOf(shapes);
}

function without(...names: string[]) {
  return changed((shapes) => {
    for (const name of names) expect(shapes.delete(name)).toBe(true);
  });
}

function withShape(name: string, shape: readonly number[], config: Config = SMALL) {
  return changed((shapes) => shapes.set(name, shape), config);
}

describe('weights that cannot be read without a config', () => {
  const hugging = (): SafetensorsHeader =>
    headerOf(
      new Map([
        ['logit_scale', []],
        ['text_model.embeddings.token_embedding.weight', [49408, 512]],
        ['vision_model.embeddings.patch_embedding.weight', [768, 3, 32, 32]],
      ]),
    );
  test.each<[string, () => SafetensorsHeader, string]>([
    [
      'the names of transformers, of which most are missing',
      hugging,
      'None of 3 tensors is visual.positional_embedding (positions x width).',
    ],
    [
      'a snapshot of training',
      () => changed((shapes) => shapes.set('module.logit_scale', [])),
      'tensors, such as "module.logit_scale" (one value), say: names begin with "module.", as in a snapshot of a training run.',
    ],
    [
      'a ConvNeXt',
      () => withShape('visual.trunk.stem.0.weight', [128, 3, 4, 4]),
      `such as "visual.trunk.stem.0.weight" (128 x 3 x 4 x 4), say: the image tower is one of timm's with convolutions, and what it computes stands in its config alone.`,
    ],
    [
      'a ViTamin',
      () => withShape('visual.trunk.patch_embed.backbone.stem.conv1.weight', [64, 3, 3, 3]),
      `say: the image tower is one of timm's with convolutions, and what it computes stands in its config alone.`,
    ],
    [
      'an EVA',
      () => withShape('visual.trunk.cls_token', [1, 1, 768]),
      `such as "visual.trunk.cls_token" (1 x 1 x 768), say: the image tower is one of timm's, not SigLIP's, and what it computes stands in its config alone.`,
    ],
    [
      'a ResNet whose places make no square',
      () => changed((shapes) => shapes.set('visual.attnpool.positional_embedding', [51, 256]), SMALL_RESNET),
      'visual.attnpool.positional_embedding has 51 positions: no square and one more.',
    ],
    [
      'a ResNet without a stage',
      () =>
        changed((shapes) => {
          for (const name of [...shapes.keys()]) if (name.includes('.layer3.')) shapes.delete(name);
        }, SMALL_RESNET),
      'No tensor begins with visual.layer3: there are 0 layers.',
    ],
    [
      'a text tower of Transformers',
      () => withShape('text.transformer.embeddings.word_embeddings.weight', [250002, 768]),
      `such as "text.transformer.embeddings.word_embeddings.weight" (250002 x 768), say: the text tower is one of transformers', and what it computes stands in its config alone.`,
    ],
    [
      'nothing',
      () => headerOf(new Map()),
      'None of 0 tensors is visual.conv1.weight or visual.trunk.patch_embed',
    ],
    [
      'no image tower',
      () => without('visual.conv1.weight'),
      'tensors is visual.conv1.weight or visual.trunk.patch_embed.proj.weight, with which an image tower begins.',
    ],
    [
      'no positions',
      () => without('visual.positional_embedding'),
      'is visual.positional_embedding (positions x width).',
    ],
    ['no projection', () => without('visual.proj'), 'tensors is visual.proj (width x outputs).'],
    [
      'no text tower',
      () => without('token_embedding.weight'),
      'tensors is token_embedding.weight (tokens x width).',
    ],
    [
      'no text blocks',
      () =>
        changed((shapes) => {
          for (const name of [...shapes.keys()]) if (name.startsWith('transformer.')) shapes.delete(name);
        }),
      'No tensor begins with transformer.resblocks: there are 0 layers.',
    ],
    [
      'a missing norm',
      () => without('visual.ln_post.weight'),
      'No config fits these tensors. The checkpoint has no tensor visual.ln_post.weight (128).',
    ],
    [
      'a missing block',
      () =>
        changed((shapes) => {
          for (const name of [...shapes.keys()]) {
            if (!name.startsWith('visual.transformer.resblocks.1.')) continue;
            shapes.set(name.replace('.1.', '.7.'), shapes.get(name) ?? []);
            shapes.delete(name);
          }
        }),
      'No config fits these tensors. The checkpoint has no tensor visual.transformer.resblocks.1.',
    ],
    [
      'a tensor too many',
      () => withShape('visual.transformer.resblocks.0.attn.ln_q.weight', [64]),
      'The checkpoint holds visual.transformer.resblocks.0.attn.ln_q.weight (64), which its config does not ask for.',
    ],
    [
      'widths that contradict',
      () => withShape('visual.transformer.resblocks.1.ln_1.weight', [96]),
      'visual.transformer.resblocks.1.ln_1.weight is 96; the config asks for 128.',
    ],
    [
      'towers that end apart',
      () => withShape('text_projection', [64, 32]),
      'Pictures end in 24 numbers and texts in 32: they cannot be compared.',
    ],
    [
      'grey pictures',
      () => withShape('visual.conv1.weight', [128, 1, 8, 8]),
      'reads 1 channels; a picture has 3.',
    ],
    [
      'an empty tensor',
      () => withShape('visual.conv1.weight', [0, 3, 8, 8]),
      'is 0 x 3 x 8 x 8, not width x 3 x',
    ],
    [
      'no patch',
      () => withShape('visual.positional_embedding', [1, 128]),
      'has 1 position, none for a patch.',
    ],
    [
      'one token a text',
      () => withShape('positional_embedding', [1, 64]),
      'No config fits these tensors. text_cfg.context_length is 1, expected a whole number from 2 to 8192.',
    ],
    [
      'a timm tower without MAP pooling',
      () => changed((shapes) => shapes.delete('visual.trunk.attn_pool.latent'), SMALL_SIGLIP),
      'The checkpoint has no tensor visual.trunk.attn_pool.latent (1 x 1 x 64).',
    ],
  ])('%s', (_, header, message) => {
    for (const read of [() => questionsAbout(header()), () => configFor(header(), {})]) {
      expect(read).toThrow(expect.objectContaining({ name: 'ArchitectureUnclear' }));
      expect(read).toThrow(message);
    }
  });

  it('says so where numbers are no floats', () => {
    const header = headerOf(shapesOf(SMALL));
    const name = 'visual.proj';
    const tensors = new Map(header.tensors).set(name, { ...header.tensors.get(name)!, dtype: 'I8' });
    const read = () => questionsAbout({ ...header, tensors });
    expect(read).toThrow(expect.objectContaining({ name: 'ArchitectureUnclear' }));
    expect(read).toThrow('visual.proj is I8; weights are F32, F16, BF16 or F64.');
  });
});

describe('an answer', () => {
  const header = headerOf(shapesOf(SMALL));

  test.each<[Answers, string]>([
    [{ imageHeads: '3' }, 'Attention heads of the image tower: a width of 128 cannot be shared by 3 heads.'],
    [{ textHeads: '0' }, 'Attention heads of the text tower: a width of 64 cannot be shared by 0 heads.'],
    [{ textHeads: 'many' }, 'Attention heads of the text tower: "many" is none of 1, 2, 4.'],
    [
      { activation: 'relu' },
      'Activation: "relu" is none of gelu, quick-gelu, gelu-tanh, image-tanh, text-tanh.',
    ],
    [{ textPool: 'eos:96' }, 'Pooling of texts: "eos:96" is none of argmax, last, first, eos:2, eos:1.'],
    [
      { preprocess: '' },
      'Preparation of pictures: "" is none of openai, openai-squash, half, siglip, clipa, imagenet.',
    ],
  ])('%j does not fit', (answers, message) => {
    const read = () => configFor(header, answers);
    expect(read).toThrow(expect.objectContaining({ name: 'ArchitectureUnclear' }));
    expect(read).toThrow(message);
  });

  it('may be a number that is not listed, where it fits', () => {
    expect(architectureFor(header, { imageHeads: '64', textPool: 'eos:95' })).toMatchObject({
      vision: { heads: 64 },
      text: { pool: 'eos', eosId: 95 },
    });
  });

  it('to nothing asked is passed over', () => {
    expect(configFor(header, { imageSize: '1x1', constructor: 'x' })).toEqual(configFor(header, {}));
  });

  it('says how patches lie that make no square', () => {
    const oblong = withShape('visual.positional_embedding', [16, 128]);
    const question = questionsAbout(oblong).find(({ key }) => key === 'imageSize');
    expect(question?.preset).toBe('24x40');
    expect(question?.choices.map(({ value }) => value)).toEqual(['24x40', '40x24', '8x120', '120x8']);
    expect(architectureFor(oblong, {}).vision.imageSize).toEqual([24, 40]);
    expect(architectureFor(oblong, { imageSize: '46x30' }).vision.imageSize).toEqual([46, 30]);
    for (const imageSize of ['48x40', '24', '24x40x1', 'wide']) {
      expect(() => configFor(oblong, { imageSize })).toThrow('is none of 24x40, 40x24, 8x120, 120x8.');
    }
  });
});

describe('presets', () => {
  const presetOf = (header: SafetensorsHeader, key: string) =>
    questionsAbout(header).find((question) => question.key === key)?.preset;

  it.each([
    [768, '12'],
    [1280, '16'],
    [1408, '16'],
    [1664, '16'],
    [1792, '16'],
    [130, '5'],
    [401, '1'],
  ])('share a width of %i by %s heads', (width, heads) => {
    const config = {
      model_cfg: {
        ...SMALL.model_cfg,
        vision_cfg: { ...SMALL.model_cfg.vision_cfg, width, head_width: width },
      },
    };
    expect(presetOf(headerOf(shapesOf(config)), 'imageHeads')).toBe(heads);
  });

  it("take QuickGELU for OpenAI's own archives", () => {
    expect(presetOf(withShape('input_resolution', []), 'activation')).toBe('quick-gelu');
    expect(presetOf(headerOf(shapesOf(SMALL)), 'activation')).toBe('gelu');
  });

  it('keep to a logit scale that is a list of one', () => {
    const header = withShape('logit_scale', [1]);
    expect(configFor(header, {})).toHaveProperty('model_cfg.nonscalar_logit_scale', true);
  });

  it('name the keywords of a SigLIP that timm has no name for', () => {
    const model = published.find(({ name }) => name === 'ViT-L-16-SigLIP2-512')!;
    const header = withShape('visual.trunk.pos_embed', [1, 400, 1024], model);
    expect(presetOf(header, 'imageActivation')).toBe('gelu');
    const config = configFor(header, { imageActivation: 'gelu-tanh' });
    expect(config).toHaveProperty('model_cfg.vision_cfg', {
      image_size: 320,
      timm_model_name: 'vit_large_patch16_siglip_512',
      timm_model_pretrained: false,
      timm_pool: 'map',
      timm_proj: 'none',
      timm_model_kwargs: { img_size: 320 },
    });
  });

  it('take the tokenizer that fits the vocabulary, and ask where none or two do', () => {
    const tokens = (vocab: number) => withShape('token_embedding.weight', [vocab, 64]);
    expect(presetOf(tokens(49_408), 'tokenizer')).toBeUndefined();
    expect(presetOf(tokens(96), 'tokenizer')).toBe('clip');
    expect(presetOf(tokens(32_000), 'tokenizer')).toBe('file');
    const file = architectureFor(tokens(32_000), {}).tokenizer;
    expect(file).toMatchObject({ clean: 'whitespace', padding: 'own', stripSeparator: false });
    const siglip = architectureFor(tokens(32_000), { tokenizer: 'siglip' }).tokenizer;
    expect(siglip).toMatchObject({ clean: 'canonicalize', padding: 'own' });
  });
});

describe('any header', () => {
  const bases = [
    SMALL,
    SMALL_SIGLIP,
    SMALL_RESNET,
    published.find(({ name }) => name === 'ViT-SO400M-14-SigLIP2')!,
  ].map((config) => [...shapesOf(config)]);
  const size = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom(0, 1, 2, 3, 8, 24, 63, 64, 65, 128, 255, 256, 257, 1152, 32_000, 256_000),
    },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }) },
  );
  const shape = fc.array(size, { maxLength: 5 });

  /** Tensors of a model: some renamed, some dropped, and one size made another wherever it stands. */
  const headers = fc
    .record({
      base: fc.constantFrom(...bases),
      from: fc.constantFrom(2, 8, 16, 17, 24, 64, 96, 128, 256, 512, 1152),
      to: fc.option(size, { nil: undefined }),
      dropped: fc.array(fc.nat(), { maxLength: 1 }),
      put: fc.dictionary(
        fc.oneof(fc.constantFrom('visual.proj', 'text_projection', 'logit_scale', '__proto__'), fc.string()),
        shape,
        { maxKeys: 1 },
      ),
    })
    .map(({ base, from, to, dropped, put }) => {
      const shapes = new Map<string, readonly number[]>(base);
      if (to !== undefined) {
        for (const [name, sizes] of base)
          shapes.set(
            name,
            sizes.map((one) => (one === from ? to : one)),
          );
      }
      for (const index of dropped) shapes.delete(base[index % (3 * base.length)]?.[0] ?? '');
      for (const [name, sizes] of Object.entries(put)) shapes.set(name, sizes);
      return headerOf(shapes);
    });

  it('is refused by name, or asked for choices of which every one gives a config', () => {
    let read = 0;
    fc.assert(
      fc.property(headers, (header) => {
        let questions;
        try {
          questions = questionsAbout(header);
        } catch (error) {
          expect(failureName(error), messageOf(error)).toBe('ArchitectureUnclear');
          return;
        }
        read++;
        expect(new Set(questions.map(({ key }) => key)).size).toBe(questions.length);
        for (const { key, choices, preset } of questions) {
          expect(choices.map(({ value }) => value)).toContain(preset);
          for (const { value } of choices) readArchitecture(configFor(header, { [key]: value }));
        }
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('and any answers give a config or are refused by name', () => {
    const keys = [
      'activation',
      'imagePool',
      'imageHeads',
      'textPool',
      'textHeads',
      'preprocess',
      'tokenizer',
    ];
    const answers = fc.dictionary(
      fc.oneof(fc.constantFrom(...keys), fc.string()),
      fc.oneof(
        fc.constantFrom('gelu', 'tok', '1', '2', '4', 'eos:3', 'eos:-1', '1e3', 'clip', 'last'),
        fc.string(),
      ),
      { maxKeys: 3 },
    );
    let read = 0;
    fc.assert(
      fc.property(headers, answers, (header, given) => {
        try {
          const config = JSON.stringify(configFor(header, given));
          readArchitecture(parseJson(config, 'open_clip_config.json'));
          read++;
        } catch (error) {
          expect(failureName(error), messageOf(error)).toBe('ArchitectureUnclear');
        }
      }),
      { numRuns: 1_000, seed: 2 },
    );
    expect(read).toBeGreaterThan(100);
  });
});

test('names that parallel training prefixed are read without that', async () => {
  const { header } = await openFixture('vit-quickgelu');
  const prefixed = new Map([...header.tensors].map(([name, info]) => [`module.${name}`, info]));
  expect(configFor({ ...header, tensors: prefixed }, {})).toEqual(configFor(header, {}));
});
