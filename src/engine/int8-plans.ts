import { towerFingerprint } from '../clip/fingerprint';
import type { Runtime, TowerArchitecture, TowerWeights } from '../clip/towers';
import type { Tokenizer } from '../clip/text/tokenizer';
import { hasInt8, PLAIN_INT8 } from '../clip/weights/int8';
import { normalise } from '../image/preprocess';
import builtIn from './int8-verdicts.json';
import { judgeInt8, LEAST_COSINE, type Int8Verdict, type Judged, type Steps } from './int8-judge';
import type { TowerSource } from './model-source';
import type { Int8Platform } from './platform';
import { SAMPLE_TEXTS } from './sample-texts';

/** What was judged of a model's towers; a tower without a plan runs in fp32. */
export interface Int8Plans {
  readonly image?: Int8Verdict;
  readonly text?: Int8Verdict;
}

/** A model to judge. Without a tokenizer its text tower stays in fp32. */
export type JudgedSource = TowerSource & { readonly tokenizer?: Tokenizer };

/** Verdicts on the built-in towers, by fingerprint, as `tools/int8-verdicts.ts` measured them. */
const BUILT_IN: Readonly<Record<string, Int8Verdict>> = builtIn;

/**
 * Whether, and how, a model's towers may run in int8 on `runtime`: judged once for each tower, browser and build. The
 * text tower is judged only if the image tower may.
 * @param known verdicts that need no judging
 * @throws NetworkFailed if the sample pictures cannot be fetched, and what the towers throw
 */
export async function int8Plans(
  source: JudgedSource,
  runtime: Runtime,
  platform: Int8Platform,
  steps: Steps,
  known = BUILT_IN,
): Promise<Int8Plans> {
  const { architecture, tokenizer } = source;
  const { vision, text, preprocess } = architecture;
  const verdictOn = async (
    tower: TowerArchitecture,
    weights: TowerWeights,
    settings: unknown,
    inputs: () => Promise<Pick<Judged, 'inputs' | 'more'>>,
  ): Promise<Int8Verdict> => {
    // A ResNet has no matrix that would change.
    if (!weights.tensors.some(({ name, shape }) => hasInt8(name, shape))) {
      return { plan: PLAIN_INT8, cosine: 1 };
    }
    const fingerprint = await towerFingerprint(weights, settings);
    const kept = known[fingerprint] ?? (await platform.verdicts.get(fingerprint));
    if (kept !== undefined) return kept;
    const verdict = await judgeInt8({ runtime, tower, weights, ...(await inputs()) }, steps);
    await platform.verdicts.set(fingerprint, verdict);
    return verdict;
  };
  const image = await verdictOn({ kind: 'image', vision }, source.image, preprocess, async () => {
    const { count, height, width, data } = await platform.samplePictures(preprocess);
    const area = 3 * height * width;
    const inputs = Array.from({ length: count }, (_, at) => {
      const bytes = data.subarray(at * area, (at + 1) * area);
      return normalise(bytes, 1, height, width, preprocess.mean, preprocess.std);
    });
    return { inputs, more: () => inputs.flatMap((pixels) => mirrored(pixels, height, width)) };
  });
  if (image.plan === null || source.text === undefined || tokenizer === undefined) return { image };
  const settings = [text, architecture.tokenizer];
  return {
    image,
    text: await verdictOn({ kind: 'text', text }, source.text, settings, async () => ({
      inputs: SAMPLE_TEXTS.map((one) => tokenizer.encode([one])),
      more: () => pairs(SAMPLE_TEXTS).map((pair) => tokenizer.encode([pair])),
    })),
  };
}

/** A picture, [3, height, width], mirrored left to right, top to bottom, and both. */
export function mirrored(pixels: Float32Array, height: number, width: number): Float32Array[] {
  const rows = Array.from({ length: 3 * height }, (_, row) =>
    pixels.subarray(row * width, (row + 1) * width),
  );
  const across = rows.map((row) => row.toReversed());
  const down = (list: readonly Float32Array[]) =>
    list.map((_, row) => list[row - (row % height) + height - 1 - (row % height)]!);
  return [across, down(rows), down(across)].map((made) => {
    const joined = new Float32Array(pixels.length);
    for (const [row, values] of made.entries()) joined.set(values, row * width);
    return joined;
  });
}

/** Each text with three of the others. */
function pairs(texts: readonly string[]): string[] {
  return texts.flatMap((one, at) =>
    [1, 3, 5].map((step) => `${one} and ${texts[(at + step) % texts.length]}`),
  );
}

/**
 * Why a model runs in fp32, as a clause for the user; undefined if its image tower does not.
 * @param plans undefined if the sample pictures did not arrive
 */
export function whyNoInt8(plans: Int8Plans | undefined): string | undefined {
  if (plans === undefined) {
    return '8-bit arithmetic, which is faster, could not be tried without the sample pictures: reload the page once there is a network';
  }
  const { image } = plans;
  if (image?.plan !== null) return undefined;
  // Rounded down, so that it is never told to be what it must be.
  const found = (Math.floor(image.cosine * 1000) / 1000).toFixed(3);
  return `8-bit arithmetic would change this model's results too much (cosine ${found} of the ${LEAST_COSINE} it must keep)`;
}
