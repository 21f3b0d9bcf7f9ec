/**
 * Writes an OpenCLIP checkpoint with real shapes and random weights: a model of any size for benchmarks and tests.
 *
 *     npm run make-checkpoint -- ViT-B-32 --out DIR [--seed N] [--dtype F32|F16] [--tokenizer FILE] [--weights NAME]
 */
import { copyFile, mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readArchitecture } from '../src/clip/architecture';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { checkpointTensor } from '../src/clip/weights/checkpoint-names';
import type { TensorShapes } from '../src/clip/weights/tensor-shapes';
import { imageTensors, textTensors, type Tower } from '../src/clip/weights/tensors';
import { messageOf } from '../src/core/failure';
import { elementCount } from '../src/formats/safetensors';
import { encodeSafetensorsHeader, type TensorSketch } from '../src/formats/safetensors-writer';
import modelConfigs from './model-configs.json';
import { NormalTable, type MadeDtype } from './normal-table';
import published from './zoo/published.json';

export interface MakeOptions {
  readonly seed?: number | undefined;
  readonly dtype?: MadeDtype | undefined;
  /** A `tokenizer.json` to copy beside the weights: a tokenizer cannot be generated. */
  readonly tokenizer?: string | undefined;
  /** File name of the weights. */
  readonly weights?: string | undefined;
}

/** The contents of `open_clip_config.json`. */
export interface ModelConfig {
  readonly model_cfg: Readonly<Record<string, unknown>>;
  readonly preprocess_cfg: Readonly<Record<string, unknown>>;
}

/**
 * OpenCLIP's configs of all architectures with published weights, by its own names; how pictures are prepared is said of those
 * in the catalogue, and OpenCLIP's default for the others.
 */
export const MODEL_CONFIGS: Readonly<Record<string, ModelConfig>> = {
  ...Object.fromEntries(
    Object.entries(published.architectures).map(([name, { model_cfg }]) => [
      name,
      { model_cfg, preprocess_cfg: {} },
    ]),
  ),
  ...modelConfigs.configs,
};

/** logit_scale of a trained CLIP: ln(100). */
const LOGIT_SCALE = Math.log(100);

/** Weights written at a time. */
const CHUNK = 2 ** 22;

/** A tensor of the file, with the mean and standard deviation of its weights. */
interface MadeTensor extends TensorSketch {
  readonly distribution: readonly [mean: number, deviation: number];
}

/**
 * Writes config, weights and, if given, the tokenizer into `folder`.
 * @param model OpenCLIP's name of an architecture, or a config
 * @returns the bytes of the weights
 */
export async function makeCheckpoint(
  model: string | ModelConfig,
  folder: string,
  { seed = 1, dtype = 'F32', tokenizer, weights = CHECKPOINT_FILES.weights }: MakeOptions = {},
): Promise<number> {
  const config = typeof model === 'string' ? configOf(model) : model;
  const tensors = tensorsOf(config, dtype);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, CHECKPOINT_FILES.config), `${JSON.stringify(config, null, 1)}\n`);
  if (tokenizer !== undefined) await copyFile(tokenizer, path.join(folder, CHECKPOINT_FILES.tokenizer));
  const file = await open(path.join(folder, weights), 'w');
  try {
    return await writeWeights(file, tensors, new NormalTable(seed, dtype));
  } finally {
    await file.close();
  }
}

function configOf(name: string): ModelConfig {
  const config = MODEL_CONFIGS[name];
  if (config === undefined)
    throw new Error(`${name} is not one of ${Object.keys(MODEL_CONFIGS).join(', ')}.`);
  return config;
}

/** The checkpoint's tensors, in the order of safetensors' own writer: by name, since all have one dtype. */
function tensorsOf(config: ModelConfig, dtype: MadeDtype): MadeTensor[] {
  const architecture = readArchitecture(config);
  const { nonscalar_logit_scale: nonscalar, init_logit_bias: bias } = config.model_cfg;
  const scalar = { dtype, shape: nonscalar === true ? [1] : [] };
  const tower = (kind: Tower, shapes: TensorShapes): MadeTensor[] =>
    Array.from(shapes, ([name, inGraph]) => ({
      ...checkpointTensor(architecture, kind, name, inGraph),
      dtype,
      distribution: distributionOf(name, inGraph),
    }));
  const tensors: MadeTensor[] = [
    ...tower('image', imageTensors(architecture.vision)),
    ...tower('text', textTensors(architecture.text)),
    { name: 'logit_scale', ...scalar, distribution: [LOGIT_SCALE, 0] },
  ];
  if (typeof bias === 'number') tensors.push({ name: 'logit_bias', ...scalar, distribution: [bias, 0] });
  return tensors.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function writeWeights(
  file: FileHandle,
  tensors: readonly MadeTensor[],
  table: NormalTable,
): Promise<number> {
  const header = encodeSafetensorsHeader(tensors, { format: 'pt' });
  let bytes = header.length;
  await file.write(header);
  for (const { shape, distribution } of tensors) {
    for (let left = elementCount(shape); left > 0; left -= CHUNK) {
      const chunk = table.take(Math.min(CHUNK, left), ...distribution);
      await file.write(chunk);
      bytes += chunk.length;
    }
  }
  return bytes;
}

/**
 * Mean and standard deviation with which activations neither vanish nor explode: matrices of 1 / sqrt(fan-in), norms and
 * variances near 1.
 * @param name the name in the graphs
 */
function distributionOf(name: string, shape: readonly number[]): MadeTensor['distribution'] {
  const count = elementCount(shape);
  // A scale of channels may have the shape of a picture besides.
  if (shape[0] === count) return /(?:\.weight|running_var)$/.test(name) ? [1, 0.1] : [0, 0.1];
  if (shape.length < 4 && /embed|latent/.test(name)) return [0, 0.5];
  return [0, Math.sqrt((shape[0] ?? 1) / count)];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
      dtype: { type: 'string', default: 'F32' },
      tokenizer: { type: 'string' },
      weights: { type: 'string' },
    },
  });
  const [name] = positionals;
  const { out, seed, dtype, tokenizer, weights } = values;
  if (name === undefined || out === undefined) throw new Error('A name and --out DIR are needed.');
  if (dtype !== 'F32' && dtype !== 'F16') throw new Error(`--dtype is F32 or F16, not ${dtype}.`);
  const bytes = await makeCheckpoint(name, out, { seed: Number(seed), dtype, tokenizer, weights });
  console.log(`${name}: ${(bytes / 1e6).toFixed(1)} MB of weights in ${out}`);
}

if (process.argv[1] === import.meta.filename) {
  await main().catch((error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 1;
  });
}
