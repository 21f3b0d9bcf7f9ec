import { mulberry32 } from '../../src/core/random';
import type { Follower } from '../../src/core/slices';
import { classification } from '../../src/evaluation/classification';
import { holdOut } from '../../src/evaluation/held-out';
import { chooseShots, pick, probeMetrics } from '../../src/evaluation/linear-probe';
import { probeProbabilities, type NamedProbe } from '../../src/evaluation/probe-answers';
import {
  PROBE_SETTINGS,
  seededStart,
  shuffled,
  trainProbe,
  type Labelled,
  type Probe,
} from '../../src/evaluation/probe-training';
import type { ProbeAnswers, ProbeExamples, ProbeMeasure, TrainedProbe } from '../probe-api';

/** Examples of each class that are looked at, where all classes have as many: roughly doubling. */
const SHOTS = [1, 2, 5, 10, 20, 50, 100];

/** Examples of a class that are held out: enough to tell a point or two, and the rest to train on. */
const MOST_HELD = 100;

/** The same draw each time: more examples are what changes a figure. */
const SEED = 0;

/**
 * Why more than CLIP_benchmark's 10 epochs where examples are few: its rate falls to nothing over the steps there are,
 * and ten steps end far from where the loss is least.
 */
const LEAST_STEPS = 300;

/** Classes told of each row. */
const TOLD = 3;

/**
 * A probe trained on all examples, and those that measure it.
 * @throws RangeError if there are fewer than two classes; Cancelled
 */
export async function trainOnPhotos(examples: ProbeExamples, follower: Follower): Promise<TrainedProbe> {
  const { rows, targets, names, zeroShot } = examples;
  if (names.length < 2) throw new RangeError(`A probe tells classes apart, and there are ${names.length}`);
  const all: Labelled = { rows, targets };
  const { train, test } = holdOut(targets, MOST_HELD, SEED);
  const [rest, held] = [pick(all, train), pick(all, test)];
  const order = shuffled(rest.rows.count, mulberry32(SEED));
  const trials = [
    ...SHOTS.map((shots) => ({ shots, chosen: chooseShots(rest.targets, order, shots) })),
    { shots: null, chosen: order },
  ].filter(({ chosen }) => held.rows.count > 0 && chosen !== undefined);
  let done = 0;
  const total = trials.length + 1;
  const within: Follower = {
    signal: follower.signal,
    onProgress: (part, of) => follower.onProgress?.(done + part / Math.max(1, of), total),
  };
  const trainOn = (samples: Labelled) => trained(samples, names.length, within);
  const curve: ProbeMeasure[] = [];
  for (const { shots, chosen } of trials) {
    const { lp_acc1: acc1 } = await probeMetrics(await trainOn(pick(rest, chosen!)), held, within);
    curve.push({ shots, acc1 });
    done++;
  }
  const isCompared = zeroShot !== undefined && held.rows.count > 0;
  const compared = isCompared ? await classification(held.rows, zeroShot, held.targets, within) : undefined;
  const probe = { ...(await trainOn(all)), names };
  return { probe, curve, zeroShot: compared?.acc1 ?? null, held: held.rows.count };
}

function trained(samples: Labelled, classes: number, follower: Follower): Promise<Probe> {
  const { count, dim } = samples.rows;
  const steps = Math.ceil(count / PROBE_SETTINGS.batchSize);
  const epochs = Math.max(PROBE_SETTINGS.epochs, Math.ceil(LEAST_STEPS / steps));
  const start = seededStart(count, dim, classes, epochs, SEED);
  return trainProbe(samples, { ...PROBE_SETTINGS, epochs }, start, follower);
}

/** The likeliest classes of each row. @throws RangeError if their length is not the probe's */
export function likeliest(probe: NamedProbe, rows: ProbeExamples['rows']): ProbeAnswers {
  const width = Math.min(TOLD, probe.classes);
  const all = probeProbabilities(rows, probe);
  const classes = new Int32Array(rows.count * width);
  const probabilities = new Float32Array(rows.count * width);
  for (let row = 0; row < rows.count; row++) {
    const own = all.subarray(row * probe.classes, (row + 1) * probe.classes);
    const best = Array.from(own.keys()).sort((a, b) => own[b]! - own[a]!);
    for (let at = 0; at < width; at++) {
      classes[row * width + at] = best[at]!;
      probabilities[row * width + at] = own[best[at]!]!;
    }
  }
  return { width, classes, probabilities };
}
