import {
  openImageTower,
  openProbe,
  openTextTower,
  towerTensors,
  type MatrixProbe,
  type Runtime,
  type TowerArchitecture,
  type TowerWeights,
} from '../clip/towers';
import { normBefore, PLAIN_INT8, type Int8Plan } from '../clip/weights/int8';
import { failureName } from '../core/failure';
import { once } from '../core/tasks';
import { cosine } from '../core/vectors';

/** How a tower may run in int8. */
export interface Int8Verdict {
  /** Null: it may not. */
  readonly plan: Int8Plan | null;
  /**
   * The least cosine of an input's rows by int8 and by fp32: by the plan, or without one by plain int8. 0 if a row has
   * none, as one that overflows.
   */
  readonly cosine: number;
}

/** The cosine to fp32 that every input must keep. */
export const LEAST_COSINE = 0.995;

/**
 * The cosine from which eight inputs speak for all.
 *
 * Why there is another: a tower whose blocks write outliers is unstable, and the worst of many pictures loses ten times
 * as much as the worst of eight. Such towers, made on purpose, kept 0.998 with eight pictures and had album pictures at
 * 0.75 to 0.95; those with 0.9994 and more kept 0.997 with every picture. So below it a plan is looked for that mends the
 * loss, and must reach it with inputs too that it was not fitted to; else the plain one is looked at with more inputs.
 */
const SURE_COSINE = 0.999;

/** A tower to judge, and what it is judged with: pixels or ids, one input each. */
export interface Judged {
  /** In fp32, on wasm. */
  readonly runtime: Runtime;
  readonly tower: TowerArchitecture;
  readonly weights: TowerWeights;
  readonly inputs: readonly Input[];
  /** Others, which are looked at where `inputs` leave a doubt. */
  readonly more: () => readonly Input[];
}

type Input = Float32Array | Int32Array;

/** Told how many runs are to come, and of each when it is done. */
export interface Steps {
  expect(runs: number): void;
  done(): void;
}

/** Channels of a layer norm's output this many times larger than the median are folded. */
const OUTLIER = 4;

/** Shares of the matrices, those that lose most, which stay exact in the last attempts. */
const EXACT_SHARES = [1 / 8, 1 / 3];

/**
 * Finds how a tower may run in int8: as it is; with outliers folded into the layer norms before (SmoothQuant, Xiao et
 * al. 2023: each side takes the square root of the excess); with the matrices that lose most left exact; or not.
 *
 * Why one session after the other, and each input alone: so it takes no more memory than the model does, but for the
 * probe, and without room for that a tower is refused.
 * @throws what the towers throw
 */
export async function judgeInt8(judged: Judged, steps: Steps): Promise<Int8Verdict> {
  const exact = await rowsBy(judged, judged.inputs, 'fp32', PLAIN_INT8, steps);
  // Whoever opens such a tower refuses it: no arithmetic mends it.
  if (!exact.every((row) => row.every(Number.isFinite))) return { plan: null, cosine: 0 };
  const more = once(async () => {
    const inputs = judged.more();
    return { inputs, exact: await rowsBy(judged, inputs, 'fp32', PLAIN_INT8, steps) };
  });
  /** The least cosine by a plan, of the inputs, and of the others where those keep `least`. */
  const leastBy = async (plan: Int8Plan, least: number): Promise<number> => {
    const own = leastCosine(await rowsBy(judged, judged.inputs, 'int8', plan, steps), exact);
    const isSettled = plan === PLAIN_INT8 && own >= SURE_COSINE;
    if (own < least || isSettled) return own;
    const others = await more();
    return Math.min(own, leastCosine(await rowsBy(judged, others.inputs, 'int8', plan, steps), others.exact));
  };
  const plain = await leastBy(PLAIN_INT8, LEAST_COSINE);
  if (plain >= SURE_COSINE) return { plan: PLAIN_INT8, cosine: plain };
  try {
    let probes = await probe(judged, PLAIN_INT8, steps);
    const folded = foldedOutliers(probes, [...towerTensors(judged.tower).keys()]);
    if (Object.keys(folded).length > 0) {
      const plan = { exact: [], folded };
      const cosine = await leastBy(plan, SURE_COSINE);
      if (cosine >= SURE_COSINE) return { plan, cosine };
      probes = await probe(judged, plan, steps);
    }
    const worstFirst = probes.toSorted((a, b) => b.loss - a.loss).map(({ name }) => name);
    for (const share of EXACT_SHARES) {
      const plan = { exact: worstFirst.slice(0, Math.ceil(share * worstFirst.length)), folded };
      const cosine = await leastBy(plan, SURE_COSINE);
      if (cosine >= SURE_COSINE) return { plan, cosine };
    }
  } catch (error) {
    // Without room for the probe, the plain one has to do.
    if (failureName(error) !== 'OutOfMemory') throw error;
  }
  return { plan: plain >= LEAST_COSINE ? PLAIN_INT8 : null, cosine: plain };
}

function leastCosine(rows: readonly Float32Array[], exact: readonly Float32Array[]): number {
  // NaN becomes 0: it would be neither more nor less than any limit, and JSON has no number for it.
  return Math.min(...rows.map((row, at) => cosine(row, exact[at]!) || 0));
}

/** The rows of `inputs`, each by itself. */
async function rowsBy(
  { runtime, tower, weights }: Judged,
  inputs: readonly Input[],
  arithmetic: 'fp32' | 'int8',
  plan: Int8Plan,
  steps: Steps,
): Promise<Float32Array[]> {
  steps.expect(inputs.length);
  const using = { ...runtime, arithmetic };
  const opened =
    tower.kind === 'image'
      ? await openImageTower(using, tower.vision, weights, plan)
      : await openTextTower(using, tower.text, weights, plan);
  // Each tower takes its own kind of input.
  const encode = opened.encode as (input: Float32Array | Int32Array, count: number) => Promise<Float32Array>;
  try {
    const rows: Float32Array[] = [];
    for (const input of inputs) {
      rows.push(await encode(input, 1));
      steps.done();
    }
    return rows;
  } finally {
    await opened.release();
  }
}

/** Of each matrix the largest loss and ranges over the inputs. */
async function probe(
  { runtime, tower, weights, inputs }: Judged,
  plan: Int8Plan,
  steps: Steps,
): Promise<MatrixProbe[]> {
  steps.expect(inputs.length);
  const opened = await openProbe(runtime, tower, weights, plan);
  try {
    let all: MatrixProbe[] | undefined;
    for (const input of inputs) {
      const one = await opened.run(input);
      all = all?.map((before, at) => larger(before, one[at]!)) ?? one;
      steps.done();
    }
    return all ?? [];
  } finally {
    await opened.release();
  }
}

function larger(a: MatrixProbe, b: MatrixProbe): MatrixProbe {
  return {
    name: a.name,
    loss: Math.max(a.loss, b.loss),
    ranges: a.ranges.map((range, at) => Math.max(range, b.ranges[at]!)),
  };
}

/**
 * Channels far larger than the median, to be divided by the square root of the excess, as a power of two.
 * @param inOrder as `normBefore`
 */
function foldedOutliers(probes: readonly MatrixProbe[], inOrder: readonly string[]): Int8Plan['folded'] {
  const folded: Record<string, readonly (readonly [number, number])[]> = {};
  for (const { name, ranges } of probes) {
    const norm = normBefore(name, inOrder);
    if (norm === undefined) continue;
    const median = ranges.toSorted()[ranges.length >> 1]!;
    const channels = Array.from(ranges).flatMap((range, channel) =>
      range >= OUTLIER * median && median > 0
        ? [[channel, Math.round(Math.log2(range / median) / 2)] as const]
        : [],
    );
    if (channels.length > 0) folded[norm] = channels;
  }
  return folded;
}
