import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../../src/clip/architecture';
import { readCheckpoint } from '../../../../src/clip/checkpoint';
import type { HfTower } from '../../../../src/clip/families/hf-text/hf-projection';
import { placesOf, untilPadding } from '../../../../src/clip/families/hf-text/padding';
import { sinusoids } from '../../../../src/clip/families/m2m100/m2m100';
import { modelSizeOf } from '../../../../src/clip/footprint';
import { nodeRuntime } from '../../../../src/clip/session-node';
import { openTextTower, type TowerWeights } from '../../../../src/clip/towers';
import { hasInt8, PLAIN_INT8, type Int8Plan } from '../../../../src/clip/weights/int8';
import { countWeights } from '../../../../src/clip/weights/tensor-shapes';
import { textTensors } from '../../../../src/clip/weights/tensors';
import { memoryFiles, storeTensors, type Arithmetic } from '../../../../src/clip/weights/weights';
import { cosine, largestDifference } from '../../../../src/core/vectors';
import { bufferSource } from '../../../../src/formats/byte-source';
import { readJson, readText } from '../../../../tools/conformance/fixtures';
import { nodeFixtures } from '../../../../tools/conformance/node-fixtures';
import published from '../../../../tools/zoo/published.json';

/** OpenCLIP's `docs/model_profile.csv`: `text_mparams`. */
const MILLIONS = {
  'roberta-ViT-B-32': 124.87,
  'xlm-roberta-base-ViT-B-32': 278.27,
  'xlm-roberta-large-ViT-H-14': 560.94,
  'nllb-clip-base': 414.04,
  'nllb-clip-base-siglip': 414.3,
  'nllb-clip-large': 767.14,
  'nllb-clip-large-siglip': 767.27,
} as const;

it.each(Object.entries(MILLIONS))(
  "OpenCLIP's %s has %s million weights in its text tower",
  (name, millions) => {
    const { model_cfg } = published.architectures[name as keyof typeof MILLIONS];
    const { text, vision } = readArchitecture({ model_cfg });
    const weights = countWeights(textTensors(text));
    expect((weights / 1e6).toFixed(2)).toBe(millions.toFixed(2));
    // Just the blocks' matrices are kept in 8 or 4 bits.
    if (text.family === 'clip') throw new Error(`${name} has a text tower of its own.`);
    const { layers, width, mlpWidth } = text;
    expect(modelSizeOf({ vision, text }).text.linear).toBe(layers * (4 * width ** 2 + 2 * width * mlpWidth));
  },
);

const config = (text: object, top: object = {}) => ({
  model_cfg: {
    embed_dim: 24,
    vision_cfg: { image_size: 32, layers: 1, width: 48, head_width: 16, patch_size: 8 },
    text_cfg: text,
    ...top,
  },
});

const ROBERTA = { hf_model_name: 'xlm-roberta-base' };
const NLLB = { hf_model_name: 'facebook/nllb-200-distilled-600M', hf_pooler_type: 'cls_pooler' };

describe('a text tower of Hugging Face', () => {
  it('is as its name says, and changed by hf_model_config alone', () => {
    const ignored = { width: 7, heads: 3, layers: 5, vocab_size: 11, pool_type: 'eos', proj_type: 'none' };
    const plain = readArchitecture(config(ROBERTA, { quick_gelu: true }));
    expect(readArchitecture(config({ ...ROBERTA, ...ignored })).text).toEqual(plain.text);
    expect(plain).toMatchObject({
      customText: true,
      text: {
        family: 'roberta',
        width: 768,
        heads: 12,
        layers: 12,
        contextLength: 77,
        pool: 'mean',
        projection: 'mlp',
      },
    });
    const smaller = {
      hidden_size: 64,
      num_hidden_layers: 3,
      num_attention_heads: 2,
      hidden_dropout_prob: 0.2,
    };
    expect(readArchitecture(config({ ...ROBERTA, hf_model_config: smaller })).text).toMatchObject({
      width: 64,
      layers: 3,
      heads: 2,
      mlpWidth: 3072,
    });
    const owned = { ...ROBERTA, hf_model_name: 'FacebookAI/xlm-roberta-base' };
    expect(readArchitecture(config(owned)).text).toEqual(plain.text);
  });

  it.each<[string, object, string]>([
    ['another model', { hf_model_name: 'bert-base-uncased' }, 'text_cfg.hf_model_name = "bert-base-uncased"'],
    ['a name of every object', { hf_model_name: 'constructor' }, 'text_cfg.hf_model_name = "constructor"'],
    [
      'maximal pooling',
      { ...ROBERTA, hf_pooler_type: 'max_pooler' },
      'text_cfg.hf_pooler_type = "max_pooler"',
    ],
    ['an unknown projection', { ...NLLB, hf_proj_type: 'x' }, 'text_cfg.hf_proj_type = "x"'],
    [
      'no projection between widths',
      { ...NLLB, hf_proj_type: null },
      'the tower is 1024 wide, the embedding 24',
    ],
    [
      'another activation',
      { ...ROBERTA, hf_model_config: { hidden_act: 'relu' } },
      'text_cfg.hf_model_config.hidden_act = "relu"',
    ],
    [
      'relative positions',
      { ...ROBERTA, hf_model_config: { position_embedding_type: 'relative_key' } },
      'position_embedding_type = "relative_key"',
    ],
    ['a decoder', { ...ROBERTA, hf_model_config: { is_decoder: true } }, 'is_decoder = true'],
    ['SiLU', { ...NLLB, hf_model_config: { activation_function: 'silu' } }, 'activation_function = "silu"'],
    ['a scale', { ...NLLB, hf_model_config: { scale_embedding: 2 } }, 'scale_embedding = 2'],
    ['an unknown setting', { ...NLLB, hf_model_config: { rope_theta: 1 } }, 'hf_model_config.rope_theta = 1'],
    ['an unknown setting beside it', { ...NLLB, text_arch: 'modern' }, 'text_cfg.text_arch = "modern"'],
    [
      'more tokens than positions',
      { ...ROBERTA, context_length: 513 },
      'text_cfg.context_length = 513 is not supported (there are 514 positions)',
    ],
  ])('with %s is refused by name', (_, text, message) => {
    expect(() => readArchitecture(config(text))).toThrow(
      expect.objectContaining({ name: 'UnsupportedSetting', message: expect.stringContaining(message) }),
    );
  });

  it('with too many heads, or too few channels for sines, is not read', () => {
    for (const [text, message] of [
      [{ ...ROBERTA, hf_model_config: { num_attention_heads: 7 } }, 'width 768 cannot be shared by 7 heads'],
      [{ ...NLLB, hf_model_config: { d_model: 2 } }, 'd_model is 2, expected a whole number from 4'],
    ] as const) {
      expect(() => readArchitecture(config(text))).toThrow(
        expect.objectContaining({ name: 'ConfigUnreadable', message: expect.stringContaining(message) }),
      );
    }
  });
});

it('counts the places of tokens, and starts again with each text', () => {
  expect([...placesOf(Int32Array.of(5, 9, 1, 7, 1, 1, 5, 1), 4, 1)]).toEqual([1, 2, 0, 3, 0, 0, 1, 0]);
});

it('needs the ids up to the last of any text that is no padding', () => {
  const tower = { contextLength: 4, padId: 1 } as HfTower;
  expect(untilPadding(tower, Int32Array.of(5, 9, 1, 7, 1, 1, 5, 1))).toBe(4);
  expect(untilPadding(tower, Int32Array.of(5, 9, 1, 1, 5, 1, 1, 1))).toBe(2);
  expect(untilPadding(tower, Int32Array.of(1, 1, 1, 1))).toBe(1);
});

it('has no sines for padding, and of an odd width none in the last channel', () => {
  const table = sinusoids(2, 5, 1);
  expect([...table.subarray(0, 5)]).toEqual([0, 0, 0, 0, 0]);
  const sines = [Math.sin(2), Math.sin(2e-4), Math.cos(2), Math.cos(2e-4), 0];
  for (const [at, value] of sines.entries()) expect(table[5 + at]).toBeCloseTo(value, 6);
});

describe.each(['xlm-roberta-base', 'roberta-dense', 'roberta-first', 'nllb-base', 'nllb-mean'])(
  'the text tower %s',
  async (name) => {
    const fixtures = nodeFixtures(path.resolve('tests/fixtures/zoo'), undefined);
    const folder = `towers/${name}`;
    const source = bufferSource(await fixtures.bytes(`${folder}/open_clip_model.safetensors`));
    const { architecture, tensors } = await readCheckpoint(
      await readText(fixtures, `${folder}/open_clip_config.json`),
      source,
    );
    const { text } = architecture;
    const expected = await readJson<{ token_ids: number[][]; text_embed_norm: number[][] }>(
      fixtures,
      `${folder}/expected.json`,
    );
    const { append, files } = memoryFiles('text');
    const weights: TowerWeights = {
      tensors: await storeTensors(source, tensors.text, 'fp32', append),
      files,
    };
    const encode = async (arithmetic: Arithmetic, plan: Int8Plan = PLAIN_INT8): Promise<Float32Array> => {
      const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' }, arithmetic } as const;
      const tower = await openTextTower(runtime, text, weights, plan);
      const rows = await tower.encode(Int32Array.from(expected.token_ids.flat()), expected.token_ids.length);
      await tower.release();
      return rows;
    };
    const rowsOf = (values: Float32Array) =>
      expected.token_ids.map((_, at) => values.subarray(at * text.outputDim, (at + 1) * text.outputDim));

    it('keeps to fp32 in int8, and in fp16', async () => {
      for (const [arithmetic, least] of [
        ['int8', 0.99],
        ['fp16', 0.9999],
      ] as const) {
        const rows = rowsOf(await encode(arithmetic));
        for (const [at, row] of rows.entries())
          expect(cosine(row, expected.text_embed_norm[at]!)).toBeGreaterThan(least);
        expect(
          largestDifference(
            rows.flatMap((row) => [...row]),
            expected.text_embed_norm.flat(),
          ),
        ).toBeGreaterThan(1e-5);
      }
    });

    // BERT's norms stand behind its matrices.
    if (text.family !== 'm2m100') return;
    it('computes the same with channels folded from its norms into the matrices behind them', async () => {
      const exact = [...textTensors(text)]
        .filter(([tensor, shape]) => hasInt8(tensor, shape))
        .map(([tensor]) => tensor);
      const norms = ['self_attn_layer_norm', 'final_layer_norm'].map(
        (norm) => `transformer.layers.0.${norm}`,
      );
      const folded = Object.fromEntries(
        norms.map((norm) => [
          norm,
          [
            [3, 2],
            [5, -1],
          ] as const,
        ]),
      );
      const rows = await encode('int8', { exact, folded });
      expect(largestDifference(rows, expected.text_embed_norm.flat())).toBeLessThan(2e-6);
    });
  },
);
