import type { Runtime } from '../../src/clip/towers';
import type { Precision } from '../../src/clip/weights/weights';
import { Failure, messageOf } from '../../src/core/failure';
import { readFloats, readJson, type Fixtures } from './fixtures';
import { openModel, openResizedImageTower, type Model } from './model';
import { toRows, type CaseResult, type Computed } from './result';
import { describe, distance, isWithin, toleranceFor, type Distance } from './tolerance';

/** Failures that mean "this kind of model is not supported", not "this file is damaged". */
const REFUSALS: ReadonlySet<string> = new Set(['UnsupportedSetting', 'TokenizerUnsupported']);

/** The fields of every expectation of a tower. */
interface ExpectedImages {
  readonly pixels: {
    readonly file: string;
    readonly shape: readonly [count: number, channels: number, height: number, width: number];
  };
  readonly image_embed_norm: readonly (readonly number[])[];
  readonly excused?: string;
}

interface Expected extends ExpectedImages {
  readonly token_ids: readonly (readonly number[])[];
  readonly text_embed_norm: readonly (readonly number[])[];
}

/** Where towers run, and where results are collected. */
interface Run {
  readonly fixtures: Fixtures;
  readonly runtime: Runtime;
  readonly precision: Precision;
  readonly computed: Computed;
}

/** The deviations of one case, as text and numbers. */
interface Comparison {
  readonly distances: readonly Distance[];
  readonly detail: string;
}

/** Every folder below `towers/`: its towers and, if it has `resized.json`, its image tower at that size. */
export async function* runTowers(
  fixtures: Fixtures,
  runtime: Runtime,
  precision: Precision,
  computed: Computed,
): AsyncGenerator<CaseResult> {
  const run = { fixtures, runtime, precision, computed };
  for (const name of await fixtures.folders('towers')) {
    yield await runCase(run, name, `towers/${name}/expected.json`, bothTowers);
    const resized = `towers/${name}/resized.json`;
    if (await fixtures.exists(resized)) {
      yield await runCase(run, `${name}/resized`, resized, resizedTower);
    }
  }
}

/** Why the expectation is read first: it tells whether the case is excused, even if the towers cannot be opened. */
async function runCase(
  run: Run,
  name: string,
  path: string,
  compare: (run: Run, name: string, folder: string, expected: Expected) => Promise<Comparison>,
): Promise<CaseResult> {
  const base = { section: 'towers', name } as const;
  let excused = false;
  try {
    const expected = await readJson<Expected>(run.fixtures, path);
    excused = expected.excused !== undefined;
    const { distances, detail } = await compare(run, name, path.replace(/\/[^/]*$/, ''), expected);
    const { precision, runtime } = run;
    const tolerance = toleranceFor({ precision, arithmetic: runtime.arithmetic ?? 'fp32' });
    const right = distances.every((one) => isWithin(one, tolerance));
    return {
      ...base,
      status: excused ? 'excused' : right ? 'passed' : 'failed',
      difference: Math.max(...distances.map(({ difference }) => difference)),
      detail,
    };
  } catch (error) {
    const refused = error instanceof Failure && REFUSALS.has(error.name);
    return {
      ...base,
      status: excused ? 'excused' : refused ? 'refused' : 'failed',
      detail: messageOf(error),
    };
  }
}

async function bothTowers(
  { fixtures, runtime, precision, computed }: Run,
  name: string,
  folder: string,
  expected: Expected,
): Promise<Comparison> {
  const model = await openModel(fixtures, folder, runtime, precision);
  try {
    const { image, text } = await encode(fixtures, folder, model, expected);
    computed.towers[name] = {
      image_embed_norm: toRows(image, model.image.outputDim),
      text_embed_norm: toRows(text, model.text.outputDim),
    };
    const images = distance(image, expected.image_embed_norm);
    const texts = distance(text, expected.text_embed_norm);
    return { distances: [images, texts], detail: `image ${describe(images)}, text ${describe(texts)}` };
  } finally {
    await model.release();
  }
}

async function resizedTower(
  { fixtures, runtime, precision, computed }: Run,
  name: string,
  folder: string,
  expected: ExpectedImages,
): Promise<Comparison> {
  const [count, , height, width] = expected.pixels.shape;
  const tower = await openResizedImageTower(fixtures, folder, runtime, precision, [height, width]);
  try {
    const pixels = await readFloats(fixtures, `${folder}/${expected.pixels.file}`);
    const image = await tower.encode(pixels, count);
    computed.towers[name] = { image_embed_norm: toRows(image, tower.outputDim), text_embed_norm: [] };
    const images = distance(image, expected.image_embed_norm);
    return { distances: [images], detail: `image ${describe(images)} at ${height} x ${width}` };
  } finally {
    await tower.release();
  }
}

async function encode(
  fixtures: Fixtures,
  folder: string,
  model: Model,
  expected: Expected,
): Promise<{ image: Float32Array; text: Float32Array }> {
  const pixels = await readFloats(fixtures, `${folder}/${expected.pixels.file}`);
  const ids = Int32Array.from(expected.token_ids.flat());
  return {
    image: await model.image.encode(pixels, expected.pixels.shape[0]),
    text: await model.text.encode(ids, expected.token_ids.length),
  };
}
