import type { TextArchitecture, VisionArchitecture } from './architecture';
import { IMAGE_FAMILY_NAMES, imageFamily, type ImageFamilyName } from './families/image-families';
import type { TensorShapes } from './weights/tensor-shapes';
import { imageTensors, textTensors } from './weights/tensors';
import { openImageTower, openTextTower, type Runtime, type TowerWeights } from './towers';
import { memoryFiles, storeTensors, type Arithmetic, type Precision } from './weights/weights';

/**
 * Why a self-check, and why these towers: WebGPU providers have shipped silently wrong attention, on software adapters
 * with subgroups of 4 (errors of about 1.0) and on real GPUs with subgroups of 32. Short sequences and near-uniform
 * attention hide it. So each device first runs towers with CLIP's own sequence lengths (50, 77, 197, 257) and head
 * widths (64, 80), causal and full, whose weights make attention sharp, and is trusted only if their embeddings match
 * wasm's.
 */
export interface CheckTower {
  readonly name: string;
  readonly precision: Precision;
  readonly architecture:
    | { readonly kind: 'image'; readonly vision: VisionArchitecture }
    | { readonly kind: 'text'; readonly text: TextArchitecture };
}

/** Embeddings by tower name, `[batch, dim]` as one flat list. */
export type CheckEmbeddings = Readonly<Record<string, readonly number[]>>;

/**
 * The largest allowed difference from the built-in embeddings; wrong attention differs by 0.1 to 1.
 *
 * Why fp16 has no reference of its own: wasm has no true fp16 (it computes each operator in fp32 and rounds between
 * some, which changes the towers by at most 7e-4), and every GPU sums in its own order. So fp16 is compared with the
 * fp32 embeddings, with room for sums of 256 products rounded to 11 bits, still far below wrong attention. int8 rounds
 * each factor to 8 bits; the towers' rows keep a cosine of 0.998 in it.
 */
export const CHECK_TOLERANCE: Readonly<Record<Arithmetic, number>> = { fp32: 1e-3, fp16: 2e-2, int8: 3e-2 };

const BATCH = 2;

const STACK = { layers: 2, mlpWidth: 256, activation: 'gelu', layerScale: false, normEpsilon: 1e-5 } as const;

const image = (tokens: string, side: number, width: number, precision: Precision): CheckTower => ({
  name: `image-${tokens}-heads-of-${width / 2}-${precision}`,
  precision,
  architecture: {
    kind: 'image',
    vision: {
      family: 'vit',
      ...STACK,
      width,
      heads: 2,
      imageSize: [side, side],
      patchSize: [4, 4],
      preNorm: true,
      pool: 'tok',
      finalNormAfterPool: false,
      timm: false,
      outputDim: 32,
    },
  },
});

const text = (width: number, precision: Precision): CheckTower => ({
  name: `text-77-causal-heads-of-${width / 2}-${precision}`,
  precision,
  architecture: {
    kind: 'text',
    text: {
      family: 'clip',
      ...STACK,
      width,
      heads: 2,
      contextLength: 77,
      vocabSize: 64,
      causal: true,
      pool: 'argmax',
      eosId: 2,
      projection: 'matrix',
      outputDim: 32,
    },
  },
});

/**
 * The towers, each two layers of random weights, in every storage precision: 50 tokens for the many-row kernels, and a
 * width of 176, whose rows end in half a block.
 */
export const CHECK_TOWERS: readonly CheckTower[] = [
  image('50', 28, 128, 'fp32'),
  image('50', 28, 128, 'q8'),
  image('50', 28, 128, 'q4'),
  image('197', 56, 128, 'fp32'),
  image('257', 64, 160, 'fp32'),
  text(128, 'fp32'),
  text(160, 'fp16-storage'),
  text(176, 'q8'),
  text(176, 'q4'),
];

/**
 * The towers that a device must also compute right to run models whose image tower is of `family`; none for a family that
 * computes only what `CHECK_TOWERS` do.
 */
export function familyTowers(family: ImageFamilyName): readonly CheckTower[] {
  const checks = imageFamily({ family }).checks ?? [];
  return checks.map(({ name, precision, vision }) => ({
    name: `${family}-${name}-${precision}`,
    precision,
    architecture: { kind: 'image', vision },
  }));
}

/**
 * Runs `towers` in turn on `runtime`, in its arithmetic, giving name and embeddings of each.
 * @throws what the towers throw
 */
export async function* checkTowers(
  runtime: Runtime,
  towers = CHECK_TOWERS,
): AsyncGenerator<readonly [name: string, embeddings: readonly number[]]> {
  for (const [index, tower] of towers.entries()) {
    yield [tower.name, Array.from(await runTower(runtime, tower, noise(1 + index)))];
  }
}

/** Runs every tower on `runtime`, also those of families, in its arithmetic. @throws what the towers throw */
export async function runCheckTowers(runtime: Runtime): Promise<CheckEmbeddings> {
  const embeddings: Record<string, readonly number[]> = {};
  for (const towers of [CHECK_TOWERS, ...IMAGE_FAMILY_NAMES.map(familyTowers)]) {
    for await (const [name, values] of checkTowers(runtime, towers)) embeddings[name] = values;
  }
  return embeddings;
}

/** A fixed picture for a tower of `vision`: normalised pixels, [1, 3, height, width]. */
export function checkPicture(vision: VisionArchitecture): Float32Array<ArrayBuffer> {
  const [height, width] = vision.imageSize;
  return fill(3 * height * width, 1, noise(99));
}

async function runTower(runtime: Runtime, tower: CheckTower, random: () => number): Promise<Float32Array> {
  const { architecture } = tower;
  if (architecture.kind === 'image') {
    const { vision } = architecture;
    const [height, width] = vision.imageSize;
    const opened = await openImageTower(runtime, vision, await weights(imageTensors(vision), tower, random));
    const pixels = fill(BATCH * 3 * height * width, 1, random);
    return encodeAndRelease(opened, pixels);
  }
  const { text } = architecture;
  const opened = await openTextTower(runtime, text, await weights(textTensors(text), tower, random));
  const ids = Int32Array.from({ length: BATCH * text.contextLength }, () =>
    Math.floor((random() / 2 + 0.5) * (text.vocabSize - 1)),
  );
  ids[20] = text.vocabSize - 1;
  return encodeAndRelease(opened, ids);
}

interface OpenTower<Input> {
  encode(input: Input, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}

async function encodeAndRelease<Input>(tower: OpenTower<Input>, input: Input): Promise<Float32Array> {
  try {
    return await tower.encode(input, BATCH);
  } finally {
    await tower.release();
  }
}

/** What makes queries and keys. */
const PROJECTION = /(?:in_proj_weight|qkv\.weight|[qk]_proj\.weight)$/;

/** Why those projections are large: queries and keys of about 4 each make attention sharp. */
async function weights(shapes: TensorShapes, tower: CheckTower, random: () => number): Promise<TowerWeights> {
  const { append, files } = memoryFiles(tower.name);
  const tensors = [];
  for (const [name, shape] of shapes) {
    const fanIn = shape.length === 4 ? shape.slice(1).reduce((a, b) => a * b, 1) : (shape[1] ?? 1);
    const scale = shape.length === 1 ? 0.5 : (PROJECTION.test(name) ? 4 : 2) / Math.sqrt(fanIn);
    const values = fill(
      shape.reduce((a, b) => a * b, 1),
      scale,
      random,
    );
    if (/(?:ln_1|norm1)\.weight$/.test(name)) values.fill(1);
    // Of a BatchNorm: a variance is above 0, and scales of 0.5 and less would leave nothing of a picture.
    const ofBatchNorm = shapes.has(name.replace(/(?:weight|running_var)$/, 'running_var'));
    if (ofBatchNorm && /(?:weight|running_var)$/.test(name)) for (const at of values.keys()) values[at]! += 1;
    const info = { name, dtype: 'F32' as const, shape, start: 0, end: values.byteLength };
    const source = { byteLength: values.byteLength, slice: () => Promise.resolve(values.buffer) };
    tensors.push(...(await storeTensors(source, new Map([[name, info]]), tower.precision, append)));
  }
  return { tensors, files };
}

function fill(length: number, scale: number, random: () => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  // A loop: `from` is twenty times slower and would delay every first picture.
  for (let at = 0; at < length; at++) values[at] = random() * scale;
  return values;
}

/** Reproducible uniform numbers in -1..1: a 32-bit linear congruential generator (Numerical Recipes' constants). */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
