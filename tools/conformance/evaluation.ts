import { messageOf } from '../../src/core/failure';
import type { UnitRows } from '../../src/core/unit-rows';
import { largestDifference } from '../../src/core/vectors';
import { classification } from '../../src/evaluation/classification';
import { probeMetrics } from '../../src/evaluation/linear-probe';
import { multilabel } from '../../src/evaluation/multilabel';
import { ovad, type Frequency } from '../../src/evaluation/ovad';
import { binnedFit, leastSquaresFit } from '../../src/evaluation/power-law';
import { trainProbe } from '../../src/evaluation/probe-training';
import { retrieval } from '../../src/evaluation/retrieval';
import { readJson, type Fixtures } from './fixtures';
import { toRows, type CaseResult, type Computed, type ComputedEvaluation } from './result';

/** Params and expectations differ from task to task. */
interface EvaluationCase {
  readonly task: string;
  readonly arrays: Readonly<Record<string, { readonly file: string; readonly shape: readonly number[] }>>;
  readonly params: Readonly<Record<string, unknown>>;
  /** Null where the reference has no value. */
  readonly expected: ComputedEvaluation;
}

/** The arrays of a case, by name. */
interface Arrays {
  numbers(
    name: string,
  ): Promise<Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>;
  floats(name: string): Promise<Float32Array<ArrayBuffer>>;
  rows(name: string): Promise<UnitRows>;
}

/** Maximum differences of a metric, and of a trained weight. */
const [METRIC, WEIGHT] = [1e-6, 1e-4];

/** Every folder below `evaluation/` with a `case.json`. */
export async function* runEvaluation(fixtures: Fixtures, computed: Computed): AsyncGenerator<CaseResult> {
  for (const name of await fixtures.folders('evaluation')) {
    const folder = `evaluation/${name}`;
    if (!(await fixtures.exists(`${folder}/case.json`))) continue;
    yield await runCase(fixtures, folder, name, computed);
  }
}

async function runCase(
  fixtures: Fixtures,
  folder: string,
  name: string,
  computed: Computed,
): Promise<CaseResult> {
  const base = { section: 'evaluation', name } as const;
  try {
    const given = await readJson<EvaluationCase>(fixtures, `${folder}/case.json`);
    const compute = Object.hasOwn(TASKS, given.task) ? TASKS[given.task] : undefined;
    if (!compute) throw new Error(`there is no task ${given.task}`);
    const wanted = Object.entries(given.expected).filter(([key]) => key !== 'smallest_margin');
    if (wanted.length === 0) throw new Error('the case expects nothing');
    const arrays = arraysOf(fixtures, folder, given);
    const values = await compute(arrays, given.params);
    computed.evaluation[name] = values;
    const metric = Math.max(...wanted.map(([key, value]) => differenceOf(values[key], value)));
    const weight = given.arrays.weight
      ? Math.max(
          largestDifference(flat(values.weight), await arrays.floats('weight')),
          largestDifference(flat(values.bias), await arrays.floats('bias')),
        )
      : undefined;
    return {
      ...base,
      status: metric <= METRIC && (weight ?? 0) <= WEIGHT ? 'passed' : 'failed',
      difference: metric,
      ...(weight !== undefined && { detail: `weights ${weight.toExponential(1)}` }),
    };
  } catch (error) {
    return { ...base, status: 'failed', detail: messageOf(error) };
  }
}

/** What stands for a fit where there is none, as null stands for a metric. */
const NO_LAW = { alpha: null, beta: null };

const TASKS: Readonly<
  Record<string, (arrays: Arrays, params: EvaluationCase['params']) => Promise<ComputedEvaluation>>
> = {
  zeroshot_classification: async ({ rows, numbers }) => ({
    ...(await classification(await rows('images'), await rows('classifier'), await numbers('targets'))),
  }),
  multilabel: async ({ rows, numbers }) => ({
    ...multilabel(await rows('images'), await rows('classifier'), await numbers('targets')),
  }),
  zeroshot_retrieval: async ({ rows, numbers }, { k }) =>
    retrieval(await rows('images'), await rows('texts'), await numbers('image_of_text'), k as number[]),
  ovad: async ({ numbers }, { frequency }) => ({
    ...ovad(await numbers('scores'), await numbers('labels'), frequency as Frequency[]),
  }),
  power_law: async (_, { compute, error, bins }) => {
    const points = { compute: compute as number[], error: error as number[] };
    return {
      binned: { ...(binnedFit(points, (bins ?? undefined) as number | undefined) ?? NO_LAW) },
      least_squares: { ...(leastSquaresFit(points) ?? NO_LAW) },
    };
  },
  linear_probe: async ({ rows, numbers, floats }, params) => {
    const { count: classes, dim, data: weight } = await rows('weight0');
    const probe = await trainProbe(
      { rows: await rows('train'), targets: await numbers('train_targets') },
      {
        lr: params.lr as number,
        epochs: params.epochs as number,
        batchSize: params.batch_size as number,
        weightDecay: params.weight_decay as number,
      },
      {
        probe: { classes, dim, weight, bias: await floats('bias0') },
        orders: (await numbers('orders')) as Int32Array<ArrayBuffer>,
      },
    );
    const test = { rows: await rows('test'), targets: await numbers('test_targets') };
    return {
      ...(await probeMetrics(probe, test)),
      weight: toRows(probe.weight, dim),
      bias: Array.from(probe.bias),
    };
  },
};

type Numbers = Awaited<ReturnType<Arrays['numbers']>>;

/** The numbers in a file, by its name's type. */
const NUMBERS: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => Numbers>> = {
  f32: ({ buffer }) => new Float32Array(buffer),
  i32: ({ buffer }) => new Int32Array(buffer),
  u8: (bytes) => bytes,
};

function arraysOf(fixtures: Fixtures, folder: string, { arrays }: EvaluationCase): Arrays {
  const described = (name: string) => {
    const found = arrays[name];
    if (!found) throw new Error(`the case has no array ${name}`);
    return found;
  };
  async function numbers(name: string) {
    const { file, shape } = described(name);
    const [, type = ''] = /\.(\w+)\.bin$/.exec(file) ?? [];
    const read = Object.hasOwn(NUMBERS, type) ? NUMBERS[type] : undefined;
    if (!read) throw new Error(`${file} is none of ${Object.keys(NUMBERS).join(', ')}`);
    const values = read((await fixtures.bytes(`${folder}/${file}`)).slice());
    if (values.length !== shape.reduce((product, length) => product * length, 1)) {
      throw new Error(`${file} has ${values.length} numbers, and its shape is [${shape.join(', ')}]`);
    }
    return values;
  }
  const floats = async (name: string) => {
    const values = await numbers(name);
    return values instanceof Float32Array ? values : Float32Array.from(values);
  };
  return {
    numbers,
    floats,
    async rows(name) {
      const [count = 0, dim = 0] = described(name).shape;
      return { count, dim, data: await floats(name) };
    },
  };
}

/** The largest difference of numbers in the same place, of any depth; Infinity if one is missing. */
function differenceOf(found: unknown, expected: unknown): number {
  if (typeof expected === 'number') return typeof found === 'number' ? Math.abs(found - expected) : Infinity;
  if (typeof expected !== 'object' || expected === null) return found === expected ? 0 : Infinity;
  if (typeof found !== 'object' || found === null) return Infinity;
  const keys = Object.keys(expected);
  if (Array.isArray(expected) && keys.length !== Object.keys(found).length) return Infinity;
  const of = (value: object, key: string) => (value as Readonly<Record<string, unknown>>)[key];
  return Math.max(0, ...keys.map((key) => differenceOf(of(found, key), of(expected, key))));
}

/** Numbers of any depth, in order. */
function flat(value: unknown): number[] {
  return Array.isArray(value) ? value.flat(Infinity).map(Number) : [];
}
