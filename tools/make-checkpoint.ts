/**
 * Writes an OpenCLIP checkpoint of true shapes and random weights: a model of any size to measure and to test with.
 *
 *     npm run make-checkpoint -- ViT-B-32 --out DIR [--seed N] [--tokenizer FILE]
 */
import { copyFile, mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readArchitecture } from '../src/clip/architecture';
import { CHECKPOINT_FILES } from '../src/clip/catalogue';
import { imageTensors, textTensors, type TensorShapes } from '../src/clip/tensors';
import { messageOf } from '../src/core/failure';

const TEXT = { context_length: 77, vocab_size: 49408 };

/** `model_cfg` of OpenCLIP's configs of these names (open_clip/model_configs). */
const CONFIGS: Readonly<Record<string, object>> = {
  'ViT-B-32': {
    embed_dim: 512,
    vision_cfg: { image_size: 224, layers: 12, width: 768, patch_size: 32 },
    text_cfg: { ...TEXT, width: 512, heads: 8, layers: 12 },
  },
  'ViT-B-16': {
    embed_dim: 512,
    vision_cfg: { image_size: 224, layers: 12, width: 768, patch_size: 16 },
    text_cfg: { ...TEXT, width: 512, heads: 8, layers: 12 },
  },
  'ViT-L-14': {
    embed_dim: 768,
    vision_cfg: { image_size: 224, layers: 24, width: 1024, patch_size: 14 },
    text_cfg: { ...TEXT, width: 768, heads: 12, layers: 12 },
  },
  'ViT-H-14': {
    embed_dim: 1024,
    vision_cfg: { image_size: 224, layers: 32, width: 1280, head_width: 80, patch_size: 14 },
    text_cfg: { ...TEXT, width: 1024, heads: 16, layers: 24 },
  },
};

/** logit_scale of a trained CLIP: ln(100). */
const LOGIT_SCALE = Math.log(100);

/** Weights written at a time. */
const CHUNK = 2 ** 20;

/**
 * Writes config, weights and, where one is given, the tokenizer into `folder`.
 * @returns the bytes of the weights
 */
export async function makeCheckpoint(
  name: string,
  folder: string,
  { seed = 1, tokenizer }: { seed?: number; tokenizer?: string | undefined } = {},
): Promise<number> {
  const model = CONFIGS[name];
  if (model === undefined) throw new Error(`${name} is not one of ${Object.keys(CONFIGS).join(', ')}.`);
  const config = { model_cfg: model, preprocess_cfg: {} };
  const { vision, text } = readArchitecture(config);
  const shapes: TensorShapes = new Map([...imageTensors(vision), ...textTensors(text), ['logit_scale', []]]);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, CHECKPOINT_FILES.config), `${JSON.stringify(config, null, 1)}\n`);
  if (tokenizer !== undefined) await copyFile(tokenizer, path.join(folder, CHECKPOINT_FILES.tokenizer));
  const file = await open(path.join(folder, CHECKPOINT_FILES.weights), 'w');
  try {
    return await writeWeights(file, shapes, gaussian(seed));
  } finally {
    await file.close();
  }
}

async function writeWeights(file: FileHandle, shapes: TensorShapes, random: () => number): Promise<number> {
  let end = 0;
  const header: Record<string, { dtype: 'F32'; shape: readonly number[]; data_offsets: [number, number] }> =
    {};
  for (const [name, shape] of shapes) {
    const start = end;
    end += 4 * elements(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await file.write(length);
  await file.write(json);
  for (const [name, shape] of shapes) {
    const next = valuesOf(name, shape, random);
    for (let left = elements(shape); left > 0; left -= CHUNK) {
      await file.write(Buffer.from(Float32Array.from({ length: Math.min(CHUNK, left) }, next).buffer));
    }
  }
  return 8 + json.length + end;
}

/** Scaled so that activations neither vanish nor explode: 1 / sqrt(fan-in) for matrices, near 1 for norms. */
function valuesOf(name: string, shape: readonly number[], random: () => number): () => number {
  if (name === 'logit_scale') return () => LOGIT_SCALE;
  if (shape.length === 1)
    return /ln_\w+\.weight$/.test(name) ? () => 1 + 0.1 * random() : () => 0.1 * random();
  const fanIn = elements(shape) / (shape[0] ?? 1);
  const scale = name.includes('embedding') ? 0.5 : 1 / Math.sqrt(fanIn);
  return () => scale * random();
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Numbers of mean 0 and variance 1: the sum of three uniform ones (Irwin-Hall), by a linear congruential generator. */
function gaussian(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
  return () => uniform() + uniform() + uniform();
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, seed: { type: 'string' }, tokenizer: { type: 'string' } },
  });
  const [name] = positionals;
  if (name === undefined || values.out === undefined) throw new Error('A name and --out DIR are needed.');
  const bytes = await makeCheckpoint(name, values.out, {
    seed: Number(values.seed ?? 1),
    tokenizer: values.tokenizer,
  });
  console.log(`${name}: ${(bytes / 1e6).toFixed(1)} MB of weights in ${values.out}`);
}

if (process.argv[1] === import.meta.filename) {
  await main().catch((error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 1;
  });
}
