/**
 * int8 arithmetic on wasm against fp32, in turns: milliseconds a picture, the cosine of what both embed, and for the
 * built-in models the captions of the album that stay the nearest. Towers with outliers beside them; opening, and the
 * memory that it takes. In Node. `npm run bench -- int8 [--only NAME]`; only a whole run writes the result.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { BUILT_IN_MODELS } from '../src/clip/built-in';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { nodeRuntime } from '../src/clip/session-node';
import { openImageTower, type ImageTower, type TowerWeights } from '../src/clip/towers';
import { cosine, dot } from '../src/core/vectors';
import { PLAIN_INT8 } from '../src/clip/weights/int8';
import { judgeInt8 } from '../src/engine/int8-judge';
import { mirrored, type Int8Plans } from '../src/engine/int8-plans';
import { readModel, type ModelSource } from '../src/engine/model-source';
import { towersOn } from '../src/engine/loaded-towers';
import { bufferSource } from '../src/formats/byte-source';
import { normalise, preprocess } from '../src/image/preprocess';
import { decodeAlbum } from '../tools/evaluation/album-pictures';
import { samplePictures } from '../tools/int8-verdicts';
import { makeCheckpoint } from '../tools/make-checkpoint';
import { withOutliers } from '../tools/outlier-towers';
import { summary, writeResult } from './result';

const ROUNDS = 5;
const BATCHES = [1, 4];
/** Of random weights, which take as long as others. */
const LARGER = ['ViT-B-32', 'ViT-B-16', 'ViT-L-14'];
const FACTORS = [30, 100];
/** int8 with no matrix exact and no norm folded. */
const PLAIN = { plan: PLAIN_INT8, cosine: 1 };
const TOKENIZER = 'static/models/clipscope-s/tokenizer.json';

const { values: options } = parseArgs({ args: process.argv.slice(3), options: { only: { type: 'string' } } });
const threads = os.availableParallelism();
const runtime = { ort: await nodeRuntime(threads), provider: { name: 'wasm' } } as const;
const { album, browser } = await decodeAlbum('static/album');
const figures: Record<string, unknown> = {};
const folder = await mkdtemp(path.join(os.tmpdir(), 'clipscope-int8-'));
for (const { id, folder: built } of BUILT_IN_MODELS) {
  if (options.only !== undefined && options.only !== id) continue;
  const source = await read(id, path.join('static', built), 'fp16-storage');
  figures[id] = {
    ...(await speeds(source)),
    ...(await agreement(source, { image: PLAIN, text: PLAIN })),
    outliers: await outliers(source),
  };
}
for (const name of LARGER) {
  if (options.only !== undefined && options.only !== name) continue;
  const made = path.join(folder, name);
  await makeCheckpoint(name, made, { tokenizer: TOKENIZER });
  const source = await read(name, made, 'fp32');
  figures[`${name} of random weights`] = await speeds(source);
  await rm(made, { recursive: true });
}
await rm(folder, { recursive: true });
if (options.only === undefined) await writeResult('int8', browser, { threads, ...figures });
else console.log(JSON.stringify(figures, null, 2));

async function read(id: string, from: string, precision: 'fp32' | 'fp16-storage'): Promise<ModelSource> {
  const bytes = (file: string) => readFile(path.join(from, file));
  return readModel(
    { id, name: id, precision },
    {
      config: (await bytes(CHECKPOINT_FILES.config)).toString(),
      weights: bufferSource(await bytes(CHECKPOINT_FILES.weights)),
      tokenizer: (await bytes(CHECKPOINT_FILES.tokenizer)).toString(),
    },
  );
}

/** The sample pictures as the tower takes them, `[count, 3, height, width]`. */
async function sampleOf({ architecture }: ModelSource): Promise<{ pixels: Float32Array; count: number }> {
  const { size, mean, std } = architecture.preprocess;
  const { count, data } = await samplePictures(architecture.preprocess);
  return { pixels: normalise(data, count, size[0], size[1], mean, std), count };
}

/** Both arithmetics in turns, at each batch size; how long each took to open, alone and warm. */
async function speeds(source: ModelSource): Promise<Record<string, unknown>> {
  const { vision } = source.architecture;
  const { pixels, count } = await sampleOf(source);
  const area = pixels.length / count;
  const opened: Record<'fp32' | 'int8', number[]> = { fp32: [], int8: [] };
  const towers = {} as Record<'fp32' | 'int8', ImageTower>;
  for (let round = 0; round < 3; round++) {
    for (const arithmetic of ['fp32', 'int8'] as const) {
      await towers[arithmetic]?.release();
      const began = performance.now();
      towers[arithmetic] = await openImageTower({ ...runtime, arithmetic }, vision, source.image);
      opened[arithmetic].push(performance.now() - began);
    }
  }
  const batches: Record<string, unknown> = {};
  let least = 1;
  for (const batch of BATCHES) {
    const input = pixels.subarray(0, batch * area);
    const took: Record<'fp32' | 'int8', number[]> = { fp32: [], int8: [] };
    const rows = {} as Record<'fp32' | 'int8', Float32Array>;
    for (let round = -1; round < ROUNDS; round++) {
      for (const arithmetic of ['fp32', 'int8'] as const) {
        const began = performance.now();
        rows[arithmetic] = await towers[arithmetic].encode(input, batch);
        if (round >= 0) took[arithmetic].push((performance.now() - began) / batch);
      }
    }
    least = Math.min(least, ...cosines(rows.int8, rows.fp32, batch));
    const ratios = took.fp32.map((one, at) => one / took.int8[at]!);
    batches[`batch ${batch}`] = {
      fp32: summary(took.fp32),
      int8: summary(took.int8),
      timesAsFast: summary(ratios),
    };
  }
  await towers.fp32.release();
  await towers.int8.release();
  return {
    millisecondsAPicture: batches,
    opening: { fp32: summary(opened.fp32), int8: summary(opened.int8) },
    leastCosine: least,
  };
}

function cosines(a: Float32Array, b: Float32Array, count: number): number[] {
  const dim = a.length / count;
  return Array.from({ length: count }, (_, at) =>
    cosine(a.subarray(at * dim, (at + 1) * dim), b.subarray(at * dim, (at + 1) * dim)),
  );
}

/**
 * Over the album: the least cosine, and how often each caption finds the same pictures.
 * @param plans how the towers run in int8; a tower without a plan runs in fp32
 */
async function agreement(source: ModelSource, plans: Int8Plans): Promise<Record<string, unknown>> {
  const { preprocess: settings } = source.architecture;
  const [height, width] = settings.size;
  const bytes = Uint8Array.from(Buffer.concat(album.map(({ picture }) => preprocess(picture, settings))));
  const pixels = normalise(bytes, album.length, height, width, settings.mean, settings.std);
  const ids = source.tokenizer.encode(album.map(({ caption }) => caption));
  const rowsBy = async (how: { readonly plans?: Int8Plans }) => {
    const towers = towersOn({ backend: 'wasm', runtime, device: '' }, source, true, how);
    const pictures = await (await towers.image()).encode(pixels, album.length);
    const texts = await (await towers.text()).encode(ids, album.length);
    await towers.release();
    return { pictures, texts };
  };
  const [exact, quick] = [await rowsBy({}), await rowsBy({ plans })];
  const same = album.map((_, at) => {
    const [a, b] = [ranking(exact, at), ranking(quick, at)];
    return { first: a[0] === b[0] ? 1 : 0, ten: a.filter((one) => b.includes(one)).length / a.length };
  });
  const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
  return {
    album: {
      leastCosineOfPictures: Math.min(...cosines(quick.pictures, exact.pictures, album.length)),
      leastCosineOfTexts: Math.min(...cosines(quick.texts, exact.texts, album.length)),
      sameFirst: mean(same.map(({ first }) => first)),
      sameTen: mean(same.map(({ ten }) => ten)),
    },
  };
}

/** The ten pictures nearest to a text, best first. */
function ranking(
  { pictures, texts }: { pictures: Float32Array; texts: Float32Array },
  text: number,
): number[] {
  const dim = pictures.length / album.length;
  const row = texts.subarray(text * dim, (text + 1) * dim);
  const scores = album.map((_, at) => dot(row, pictures.subarray(at * dim, (at + 1) * dim)));
  return scores
    .map((score, at) => [score, at] as const)
    .sort(([a], [b]) => b - a)
    .slice(0, 10)
    .map(([, at]) => at);
}

/** What the judge finds of the image tower with outliers in three channels, and what it keeps over the album as judged. */
async function outliers(source: ModelSource): Promise<Record<string, unknown>> {
  const { pixels, count } = await sampleOf(source);
  const area = pixels.length / count;
  const inputs = Array.from({ length: count }, (_, at) => pixels.subarray(at * area, (at + 1) * area));
  const [height, width] = source.architecture.vision.imageSize;
  const more = () => inputs.flatMap((pixels) => mirrored(pixels, height, width));
  const judge = async (weights: TowerWeights) => {
    const tower = { kind: 'image', vision: source.architecture.vision } as const;
    const steps = { expect: () => undefined, done: () => undefined };
    const verdict = await judgeInt8({ runtime, tower, weights, inputs, more }, steps);
    return {
      leastCosine: verdict.cosine,
      int8: verdict.plan !== null,
      exactMatrices: verdict.plan?.exact.length ?? 0,
      foldedNorms: Object.keys(verdict.plan?.folded ?? {}).length,
      ...(verdict.plan && (await agreement({ ...source, image: weights }, { image: verdict }))),
    };
  };
  const found: Record<string, unknown> = {};
  for (const factor of FACTORS) {
    for (const where of ['norms', 'stream-made-up-for', 'stream'] as const) {
      const made = await withOutliers(source.image, 'image', { channels: [5, 50, 101], factor, where });
      found[`${factor} times, ${where}`] = await judge(made);
    }
  }
  return found;
}
