import { readdirSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/clip/catalogue';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { readCheckpoint, type Checkpoint } from '../../src/clip/checkpoint';
import { nodeRuntime } from '../../src/clip/session-node';
import { openImageTower } from '../../src/clip/towers';
import { mulberry32 } from '../../src/core/random';
import { cosine } from '../../src/core/vectors';
import { readTowers } from '../../src/engine/model-source';
import { bufferSource } from '../../src/formats/byte-source';
import { readSafetensorsHeader, type SafetensorsHeader } from '../../src/formats/safetensors';
import {
  makeCheckpoint,
  MODEL_CONFIGS,
  type MakeOptions,
  type ModelConfig,
} from '../../tools/make-checkpoint';

const RUNTIME = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;

const TOKENIZER = 'static/models/clipscope-s/tokenizer.json';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clipscope-make-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A config as OpenCLIP has it, with towers of one narrow layer and few words. */
function tiny(name: string): ModelConfig {
  const { model_cfg: model, preprocess_cfg } = MODEL_CONFIGS[name] ?? { model_cfg: {}, preprocess_cfg: {} };
  const vision = model['vision_cfg'] as Record<string, unknown>;
  const text = model['text_cfg'] as Record<string, unknown>;
  const small =
    'timm_model_name' in vision
      ? { timm_model_kwargs: { embed_dim: 48, depth: 1, num_heads: 3 } }
      : { width: 48, head_width: 16, layers: 1 };
  return {
    model_cfg: {
      ...model,
      embed_dim: 48,
      vision_cfg: { ...vision, ...small },
      text_cfg: { ...text, width: 48, heads: 3, layers: 1, vocab_size: 96 },
    },
    preprocess_cfg,
  };
}

interface Made {
  readonly bytes: Buffer;
  readonly header: SafetensorsHeader;
  readonly checkpoint: Checkpoint;
}

async function make(config: ModelConfig, options: MakeOptions = {}): Promise<Made> {
  const length = await makeCheckpoint(config, folder, options);
  const bytes = await readFile(path.join(folder, options.weights ?? CHECKPOINT_FILES.weights));
  expect(bytes).toHaveLength(length);
  const source = bufferSource(bytes);
  const text = await readFile(path.join(folder, CHECKPOINT_FILES.config), 'utf8');
  const header = await readSafetensorsHeader(source);
  return { bytes, header, checkpoint: await readCheckpoint(text, source) };
}

const architectures = [...new Set(CATALOGUE.map(({ architecture }) => architecture))];

describe('a made checkpoint', () => {
  test.each(architectures)('of %s is one that Clipscope reads', async (name) => {
    const { checkpoint, header } = await make(tiny(name));
    expect(checkpoint.logitScale).toBeCloseTo(100, 3);
    expect(checkpoint.logitBias).toBe(name.includes('SigLIP') ? -10 : null);
    const [first] = header.tensors.keys();
    expect(first?.startsWith('visual.')).toBe(false);
  });

  test.each(['vit-gelu', 'custom-text', 'siglip', 'siglip-so400m', 'vit-clipa', 'layer-scale'])(
    'lays out its tensors as OpenCLIP does: %s',
    async (name) => {
      const fixture = path.resolve('tests/fixtures/towers', name);
      const config = JSON.parse(
        await readFile(path.join(fixture, CHECKPOINT_FILES.config), 'utf8'),
      ) as ModelConfig;
      const { header } = await make(config);
      const golden = bufferSource(await readFile(path.join(fixture, CHECKPOINT_FILES.weights)));
      const { tensors } = await readSafetensorsHeader(golden);
      const layout = (list: SafetensorsHeader['tensors']) =>
        [...list.values()]
          .filter((one) => !one.name.endsWith('attn_mask'))
          .map((one) => [one.name, one.shape]);
      expect(layout(header.tensors)).toEqual(layout(tensors));
    },
  );

  // A folded tower has the config of one as it was trained, which is what is made.
  test.each(readdirSync('tests/fixtures/zoo/towers').filter((name) => !name.endsWith('folded')))(
    'has, in the kind of %s, the tensors that OpenCLIP has, and embeddings that differ',
    async (name) => {
      const fixture = path.resolve('tests/fixtures/zoo/towers', name);
      const config = await readFile(path.join(fixture, CHECKPOINT_FILES.config), 'utf8');
      const { header, bytes, checkpoint } = await make(JSON.parse(config) as ModelConfig);
      const golden = await readFile(path.join(fixture, CHECKPOINT_FILES.weights));
      const original = await readCheckpoint(config, bufferSource(golden));
      for (const tower of ['image', 'text'] as const) {
        const layout = (tensors: Checkpoint['tensors']) =>
          [...tensors[tower]].map(([inGraph, { name: stored, shape }]) => [inGraph, stored, shape]);
        expect(layout(checkpoint.tensors)).toEqual(layout(original.tensors));
      }
      expect(header.tensors.size).toBeGreaterThan(10);
      const { image, architecture } = await readTowers(
        { id: name, name, precision: 'fp32' },
        { config, weights: bufferSource(bytes) },
      );
      const tower = await openImageTower(RUNTIME, architecture.vision, image);
      const [height, width] = architecture.vision.imageSize;
      const random = mulberry32(5);
      const pixels = Float32Array.from({ length: 2 * 3 * height * width }, () => 4 * random() - 2);
      const rows = await tower.encode(pixels, 2);
      await tower.release();
      const [one, other] = [rows.subarray(0, rows.length / 2), rows.subarray(rows.length / 2)];
      expect(Math.hypot(...one)).toBeCloseTo(1, 4);
      expect(cosine(one, other)).toBeLessThan(0.99999);
    },
  );

  test('is the same for the same seed, and another one for another', async () => {
    const config = tiny('ViT-B-32');
    const { bytes: first } = await make(config, { seed: 7 });
    const { bytes: again } = await make(config, { seed: 7 });
    const { bytes: other } = await make(config, { seed: 8 });
    expect(again.equals(first)).toBe(true);
    expect(other.equals(first)).toBe(false);
  });

  test('may be of fp16, and its weights called otherwise', async () => {
    const weights = 'model.safetensors';
    const { header, checkpoint } = await make(tiny('ViT-B-16-SigLIP'), { dtype: 'F16', weights });
    expect(new Set(Array.from(header.tensors.values(), ({ dtype }) => dtype))).toEqual(new Set(['F16']));
    expect(checkpoint.logitScale).toBeCloseTo(100, 0);
  });

  test('may have a scale of one dimension', async () => {
    const { model_cfg: model, preprocess_cfg } = tiny('ViT-B-16-SigLIP');
    const { header } = await make({ model_cfg: { ...model, nonscalar_logit_scale: true }, preprocess_cfg });
    expect(header.tensors.get('logit_scale')?.shape).toEqual([1]);
    expect(header.tensors.get('logit_bias')?.shape).toEqual([1]);
  });

  test('has weights under which nothing vanishes', async () => {
    const { bytes, header } = await make(tiny('ViT-B-16-SigLIP'));
    const valuesOf = (name: string) => {
      const { start = 0, end = 0 } = header.tensors.get(name) ?? {};
      return new Float32Array(Uint8Array.from(bytes.subarray(start, end)).buffer);
    };
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(valuesOf('visual.trunk.blocks.0.norm1.weight'))).toBeCloseTo(1, 1);
    expect(mean(valuesOf('text.ln_final.weight'))).toBeCloseTo(1, 1);
    const patches = valuesOf('visual.trunk.patch_embed.proj.weight');
    expect(mean(patches.map((value) => value ** 2)) * 3 * 16 * 16).toBeCloseTo(1, 0);
  });

  test('brings the tokenizer it was given, byte for byte', async () => {
    await make(tiny('ViT-B-32'), { tokenizer: TOKENIZER });
    const copy = await readFile(path.join(folder, CHECKPOINT_FILES.tokenizer));
    expect(copy.equals(await readFile(TOKENIZER))).toBe(true);
  });

  test('of an architecture that is not known is refused by name', async () => {
    await expect(makeCheckpoint('RN51', folder)).rejects.toThrow('RN51 is not one of RN50, RN101,');
    await expect(open(path.join(folder, CHECKPOINT_FILES.weights))).rejects.toThrow('ENOENT');
  });
});
