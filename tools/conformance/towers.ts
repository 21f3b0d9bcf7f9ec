import type { Runtime } from '../../src/clip/towers';
import type { Precision } from '../../src/clip/weights';
import { Failure, messageOf } from '../../src/core/failure';
import { readFloats, readJson, type Fixtures } from './fixtures';
import { openModel, type Model } from './model';
import { largestDifference, toRows, type CaseResult, type Computed } from './result';

/**
 * fp32 must hold 2e-5: erf instead of tanh GELU moves an embedding by 7e-5 already. fp16 storage rounds every weight to
 * 11 bits, which moves random-weight towers by up to 1e-3.
 */
export const TOLERANCE: Record<Precision, number> = { fp32: 2e-5, 'fp16-storage': 2e-3 };

/** Failures that mean "this kind of model is not run here", as against "this file is broken". */
const REFUSALS: ReadonlySet<string> = new Set(['UnsupportedSetting', 'TokenizerUnsupported']);

interface Expected {
  readonly pixels: { readonly file: string; readonly shape: readonly number[] };
  readonly token_ids: readonly (readonly number[])[];
  readonly image_embed_norm: readonly (readonly number[])[];
  readonly text_embed_norm: readonly (readonly number[])[];
  readonly excused?: string;
}

/** Every folder below `towers/`. */
export async function* runTowers(
  fixtures: Fixtures,
  runtime: Runtime,
  precision: Precision,
  computed: Computed,
): AsyncGenerator<CaseResult> {
  for (const name of await fixtures.folders('towers')) {
    yield await runTower(fixtures, name, runtime, precision, computed).catch(
      (error: unknown): CaseResult => ({
        section: 'towers',
        name,
        status: error instanceof Failure && REFUSALS.has(error.name) ? 'refused' : 'failed',
        detail: messageOf(error),
      }),
    );
  }
}

async function runTower(
  fixtures: Fixtures,
  name: string,
  runtime: Runtime,
  precision: Precision,
  computed: Computed,
): Promise<CaseResult> {
  const folder = `towers/${name}`;
  const model = await openModel(fixtures, folder, runtime, precision);
  try {
    const expected = await readJson<Expected>(fixtures, `${folder}/expected.json`);
    const { image, text } = await encode(fixtures, folder, model, expected);
    computed.towers[name] = {
      image_embed_norm: toRows(image, model.image.outputDim),
      text_embed_norm: toRows(text, model.text.outputDim),
    };
    const imageDifference = largestDifference(image, expected.image_embed_norm.flat());
    const textDifference = largestDifference(text, expected.text_embed_norm.flat());
    const difference = Math.max(imageDifference, textDifference);
    const right = difference <= TOLERANCE[precision];
    return {
      section: 'towers',
      name,
      status: expected.excused === undefined ? (right ? 'passed' : 'failed') : 'excused',
      difference,
      detail: `image ${imageDifference.toExponential(1)}, text ${textDifference.toExponential(1)}`,
    };
  } finally {
    await model.release();
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
    image: await model.image.encode(pixels, expected.pixels.shape[0] ?? 0),
    text: await model.text.encode(ids, expected.token_ids.length),
  };
}
