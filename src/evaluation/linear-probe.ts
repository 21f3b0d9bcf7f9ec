import { mulberry32 } from '../core/random';
import type { Follower } from '../core/slices';
import { pickRows, type UnitRows } from '../core/unit-rows';
import { accuracies, TOP } from './classification';
import {
  classCount,
  seededStart,
  shuffled,
  trainProbe,
  type Labelled,
  type Probe,
  type ProbeSettings,
} from './probe-training';
import { Scores } from './scores';

/** By CLIP_benchmark's names, as fractions. */
export interface LinearProbeMetrics {
  readonly lp_acc1: number;
  /** Null unless a target is 5 or more: from six classes on. */
  readonly lp_acc5: number | null;
  readonly lp_mean_per_class_recall: number;
}

export interface ProbeTask {
  readonly train: Labelled;
  /** With it, the weight decay is looked for; without, it is that of `settings`. */
  readonly validation?: Labelled | undefined;
  readonly test: Labelled;
  readonly settings: ProbeSettings;
  /** Samples of each class to train with; undefined for all. */
  readonly shots?: number | undefined;
  readonly seed: number;
}

export interface ProbeResult {
  readonly metrics: LinearProbeMetrics;
  readonly probe: Probe;
  readonly weightDecay: number;
}

/**
 * Trains and tests a probe as CLIP_benchmark does (`metrics/linear_probe.py`): with a validation split the weight decay
 * is looked for, and the probe trained anew with it, on that split too unless there are only so many shots.
 * @returns undefined if a class has fewer samples than `shots`
 * @throws RangeError as `trainProbe` and `probeMetrics`; Cancelled
 */
export async function linearProbe(
  task: ProbeTask,
  follower: Follower = {},
): Promise<ProbeResult | undefined> {
  const { validation, test, settings, shots, seed } = task;
  const order = shuffled(task.train.rows.count, mulberry32(seed));
  const chosen = chooseShots(task.train.targets, order, shots);
  if (!chosen) return undefined;
  const train = pick(task.train, chosen);
  const classes = classCount(train);
  const [{ signal, onProgress }, trainings] = [follower, validation ? MOST_TRAININGS : 1];
  let done = -1;
  const trained = (samples: Labelled, weightDecay: number) => {
    const { count, dim } = samples.rows;
    const start = seededStart(count, dim, classes, settings.epochs, seed);
    done += 1;
    return trainProbe(samples, { ...settings, weightDecay }, start, {
      signal,
      onProgress: (step, steps) => onProgress?.(done + step / steps, trainings),
    });
  };
  if (!validation) {
    const probe = await trained(train, settings.weightDecay);
    return { metrics: await probeMetrics(probe, test, { signal }), probe, weightDecay: settings.weightDecay };
  }
  const weightDecay = await findWeightDecay(async (decay) => {
    const probe = await trained(train, decay);
    return (await probeMetrics(probe, validation, { signal })).lp_acc1;
  });
  const probe = await trained(shots === undefined ? joined(train, validation) : train, weightDecay);
  return { metrics: await probeMetrics(probe, test, { signal }), probe, weightDecay };
}

/** @throws RangeError if there is no row, if sizes differ, or if a target is 5 or more of fewer than 5 classes; Cancelled */
export async function probeMetrics(
  probe: Probe,
  { rows, targets }: Labelled,
  follower: Follower = {},
): Promise<LinearProbeMetrics> {
  const classes = { count: probe.classes, dim: probe.dim, data: probe.weight };
  const scores = new Scores(
    extended(rows, () => 1),
    extended(classes, (index) => probe.bias[index]!),
  );
  const hasTop5 = Array.from(targets).some((target) => target >= TOP);
  const { acc1, acc5, mean_per_class_recall } = await accuracies(scores, targets, hasTop5, follower);
  return { lp_acc1: acc1, lp_acc5: acc5, lp_mean_per_class_recall: mean_per_class_recall };
}

/**
 * The first `shots` samples of each class in this order, in it; all without `shots`. Undefined if a class has fewer.
 */
export function chooseShots(
  targets: ArrayLike<number>,
  order: Int32Array<ArrayBuffer>,
  shots: number | undefined,
): Int32Array<ArrayBuffer> | undefined {
  if (shots === undefined) return order;
  const counts = new Map<number, number>();
  const chosen = order.filter((sample) => {
    const count = counts.get(targets[sample]!) ?? 0;
    if (count < shots) counts.set(targets[sample]!, count + 1);
    return count < shots;
  });
  return [...counts.values()].every((count) => count === shots) ? chosen : undefined;
}

/** Those of 7 weight decays, of two beside the best four times, and the last. */
const MOST_TRAININGS = 7 + 2 * 4 + 1;

/** Weight decays that are looked at: evenly spaced in their logarithms. */
export const WEIGHT_DECAYS: readonly number[] = Array.from(
  { length: 97 },
  (_, at) => 10 ** (at * (8 / 96) - 6),
);

/**
 * The weight decay with the best accuracy as CLIP_benchmark looks for it: 7 far apart, then ever nearer around the
 * best so far. Of equal ones the first stays; the smallest if every accuracy is 0.
 * @param accuracyOf asked at most once for each
 */
export async function findWeightDecay(accuracyOf: (weightDecay: number) => Promise<number>): Promise<number> {
  const last = WEIGHT_DECAYS.length - 1;
  const known = new Map<number, number>();
  async function best(places: readonly number[]): Promise<number> {
    let [place, most] = [0, 0];
    for (const each of places) {
      const accuracy = known.get(each) ?? (await accuracyOf(WEIGHT_DECAYS[each]!));
      known.set(each, accuracy);
      if (accuracy > most) [place, most] = [each, accuracy];
    }
    return place;
  }
  let place = await best(Array.from({ length: 7 }, (_, at) => (at * last) / 6));
  for (const span of [8, 4, 2, 1]) {
    place = await best([Math.max(place - span, 0), place, Math.min(place + span, last)]);
  }
  return WEIGHT_DECAYS[place]!;
}

/** The chosen samples, in that order. */
export function pick({ rows, targets }: Labelled, chosen: Int32Array): Labelled {
  return { rows: pickRows(rows, chosen), targets: Int32Array.from(chosen, (row) => targets[row]!) };
}

function joined(a: Labelled, b: Labelled): Labelled {
  const data = new Float32Array(a.rows.data.length + b.rows.data.length);
  data.set(a.rows.data);
  data.set(b.rows.data, a.rows.data.length);
  const targets = Int32Array.from([...Array.from(a.targets), ...Array.from(b.targets)]);
  return { rows: { count: a.rows.count + b.rows.count, dim: a.rows.dim, data }, targets };
}

/** Rows with one more number each. */
function extended({ count, dim, data }: UnitRows, last: (row: number) => number): UnitRows {
  const longer = new Float32Array(count * (dim + 1));
  for (let row = 0; row < count; row++) {
    longer.set(data.subarray(row * dim, (row + 1) * dim), row * (dim + 1));
    longer[row * (dim + 1) + dim] = last(row);
  }
  return { count, dim: dim + 1, data: longer };
}
