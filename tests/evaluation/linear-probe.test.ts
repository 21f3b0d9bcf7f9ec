import { describe, expect, it } from 'vitest';
import {
  chooseShots,
  findWeightDecay,
  linearProbe,
  probeMetrics,
  WEIGHT_DECAYS,
} from '../../src/evaluation/linear-probe';
import { PROBE_SETTINGS, seededStart, trainProbe } from '../../src/evaluation/probe-training';
import { randomRows, rowsAt } from './rows';

const train = { rows: rowsAt(0, 10, 20, 90, 100, 110, 180, 190, 200), targets: [0, 0, 0, 1, 1, 1, 2, 2, 2] };
const test = { rows: rowsAt(5, 95, 195, 140), targets: [0, 1, 2, 0] };
const settings = { ...PROBE_SETTINGS, batchSize: 4 };

describe('linearProbe', () => {
  it('learns classes that lie apart', async () => {
    const result = await linearProbe({ train, test, settings, seed: 1 });
    expect(result?.metrics).toEqual({
      lp_acc1: 0.75,
      lp_acc5: null,
      lp_mean_per_class_recall: (0.5 + 1 + 1) / 3,
    });
    expect(result).toMatchObject({ weightDecay: 0, probe: { classes: 3, dim: 2 } });
  });

  it('looks for the weight decay where there is a validation split', async () => {
    const steps: number[] = [];
    const onProgress = (done: number, total: number) => steps.push(done / total);
    const result = await linearProbe({ train, validation: test, test, settings, seed: 1 }, { onProgress });
    expect(WEIGHT_DECAYS).toContain(result?.weightDecay);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.at(-1)).toBeLessThan(1);
  });

  it('has no result with more shots than a class has samples', async () => {
    expect(await linearProbe({ train, test, settings, shots: 3, seed: 1 })).toBeDefined();
    expect(await linearProbe({ train, test, settings, shots: 4, seed: 1 })).toBeUndefined();
  });

  it('stops', async () => {
    const stopped = linearProbe({ train, test, settings, seed: 1 }, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ name: 'Cancelled' });
  });

  it('refuses targets that are no classes, and a start of another size', async () => {
    const start = seededStart(9, 2, 2, settings.epochs, 1);
    await expect(trainProbe(train, settings, start)).rejects.toThrow(RangeError);
    const odd = { rows: train.rows, targets: train.targets.map((target) => target - 1) };
    await expect(linearProbe({ train: odd, test, settings, seed: 1 })).rejects.toThrow('is of class -1');
  });

  it('has no first five of fewer classes', async () => {
    const { probe } = seededStart(1, 2, 3, 1, 1);
    await expect(probeMetrics(probe, { rows: rowsAt(0), targets: [5] })).rejects.toThrow(RangeError);
  });
});

describe('chooseShots', () => {
  it('takes the first of each class in the given order', () => {
    const order = Int32Array.of(4, 3, 2, 1, 0);
    expect(chooseShots([0, 1, 0, 1, 0], order, 2)).toEqual(Int32Array.of(4, 3, 2, 1));
    expect(chooseShots([0, 1, 0, 1, 0], order, 3)).toBeUndefined();
    expect(chooseShots([0, 1, 0, 1, 0], order, undefined)).toBe(order);
  });
});

describe('findWeightDecay', () => {
  const asked = async (accuracyOf: (at: number) => number) => {
    const places: number[] = [];
    const found = await findWeightDecay(async (decay) => {
      places.push(WEIGHT_DECAYS.indexOf(decay));
      return accuracyOf(places.at(-1)!);
    });
    return { places, found: WEIGHT_DECAYS.indexOf(found) };
  };
  const FIRST = [0, 16, 32, 48, 64, 80, 96];

  it('goes from 7 of 97 to the neighbours of the best, nearer and nearer', async () => {
    const { places, found } = await asked((at) => 1 / (1 + Math.abs(at - 53)));
    expect(places).toEqual([...FIRST, 40, 56, 52, 60, 50, 54, 51, 53]);
    expect(found).toBe(53);
    expect(WEIGHT_DECAYS[48]).toBeCloseTo(1e-2, 15);
  });

  it('keeps the first of equal ones, which may be the left neighbour', async () => {
    expect(await asked(() => 0.5)).toEqual({ places: [...FIRST, 8, 4, 2, 1], found: 0 });
    expect((await asked((at) => (at >= 40 && at <= 56 ? 1 : 0))).found).toBe(40);
  });

  it('is the smallest if nothing is ever right', async () => {
    expect((await asked(() => 0)).found).toBe(0);
  });
});

it('a probe of more samples than a batch holds is the same by the same seed', async () => {
  const samples = { rows: randomRows(50, 6, 5), targets: Array.from({ length: 50 }, (_, at) => at % 4) };
  const once = await trainProbe(samples, PROBE_SETTINGS, seededStart(50, 6, 4, 10, 7));
  expect(await trainProbe(samples, PROBE_SETTINGS, seededStart(50, 6, 4, 10, 7))).toEqual(once);
  expect(await trainProbe(samples, PROBE_SETTINGS, seededStart(50, 6, 4, 10, 8))).not.toEqual(once);
});
