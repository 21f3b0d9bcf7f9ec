import { mulberry32 } from '../core/random';
import { slices, type Follower } from '../core/slices';
import type { UnitRows } from '../core/unit-rows';
import { COLUMN_BYTES, openKernels, PRODUCT_ROWS } from './kernels';

/** A linear classifier of embeddings: the logits of a row x are `weight` x + `bias`. */
export interface Probe {
  readonly classes: number;
  readonly dim: number;
  /** `[classes, dim]`, row-major. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** `[classes]`. */
  readonly bias: Float32Array<ArrayBuffer>;
}

export interface ProbeSettings {
  /** The learning rate of the first step. */
  readonly lr: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly weightDecay: number;
}

/** CLIP_benchmark's defaults (`clip_benchmark/cli.py`), without a validation split. */
export const PROBE_SETTINGS: ProbeSettings = { lr: 0.1, epochs: 10, batchSize: 64, weightDecay: 0 };

/** What training begins with. */
export interface ProbeStart {
  readonly probe: Probe;
  /** For each epoch the order of the samples, `[epochs, samples]`; batches are its consecutive slices. */
  readonly orders: Int32Array<ArrayBuffer>;
}

/** Embeddings with their classes, from 0. */
export interface Labelled {
  readonly rows: UnitRows;
  /** One for each row. */
  readonly targets: ArrayLike<number>;
}

/** The decay rates of both averages, and what keeps the step finite: PyTorch's defaults of `AdamW`. */
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** As PyTorch starts a `Linear`, uniform within 1/sqrt(dim), and with orders drawn at random, both by `seed`. */
export function seededStart(
  samples: number,
  dim: number,
  classes: number,
  epochs: number,
  seed: number,
): ProbeStart {
  const random = mulberry32(seed);
  const draw = () => (2 * random() - 1) / Math.sqrt(dim);
  const weight = Float32Array.from({ length: classes * dim }, draw);
  const bias = Float32Array.from({ length: classes }, draw);
  const orders = new Int32Array(epochs * samples);
  for (let epoch = 0; epoch < epochs; epoch++) orders.set(shuffled(samples, random), epoch * samples);
  return { probe: { classes, dim, weight, bias }, orders };
}

/** The numbers below `count` in an order drawn by `random` (Fisher and Yates). */
export function shuffled(count: number, random: () => number): Int32Array<ArrayBuffer> {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let end = count; end > 1; end--) {
    const at = Math.floor(random() * end);
    const last = order[end - 1]!;
    order[end - 1] = order[at]!;
    order[at] = last;
  }
  return order;
}

/** One more than the largest class, as CLIP_benchmark sizes its probe. @throws RangeError if a target is no class */
export function classCount({ rows, targets }: Labelled): number {
  if (rows.count === 0 || targets.length !== rows.count) {
    throw new RangeError(`${rows.count} rows and ${targets.length} targets`);
  }
  let largest = 0;
  for (let row = 0; row < rows.count; row++) {
    const target = targets[row]!;
    if (!(Number.isInteger(target) && target >= 0)) throw new RangeError(`Row ${row} is of class ${target}`);
    largest = Math.max(largest, target);
  }
  return largest + 1;
}

/**
 * Trains a probe as CLIP_benchmark does (`metrics/linear_probe.py`): cross-entropy, AdamW with its decay on the biases
 * too, and a learning rate that falls to 0 along half a cosine, without warm-up. Computes in double precision.
 * @throws RangeError if a target is no class, if the start has other sizes, or if the settings allow no step; Cancelled
 */
export async function trainProbe(
  samples: Labelled,
  { lr, epochs, batchSize, weightDecay }: ProbeSettings,
  start: ProbeStart,
  follower: Follower = {},
): Promise<Probe> {
  const { rows, targets } = samples;
  const { count, dim } = rows;
  const { classes } = start.probe;
  if (classCount(samples) > classes || start.probe.dim !== dim || start.orders.length !== epochs * count) {
    throw new RangeError(`A start for ${classes} classes of ${start.probe.dim} numbers does not fit`);
  }
  if (!(epochs >= 1 && batchSize >= 1)) throw new RangeError(`${epochs} epochs of batches of ${batchSize}`);
  const model = new Model(start.probe, Math.min(batchSize, count));
  const batches = Math.ceil(count / batchSize);
  const pause = slices(follower, 'The training was stopped.');
  for (let epoch = 0, step = 0; epoch < epochs; epoch++) {
    const order = start.orders.subarray(epoch * count, (epoch + 1) * count);
    for (let first = 0; first < count; first += batchSize, step++) {
      const pausing = pause(step, epochs * batches);
      if (pausing) await pausing;
      const rate = ((1 + Math.cos((Math.PI * step) / (epochs * batches))) / 2) * lr;
      model.gradient(rows, targets, order.subarray(first, first + batchSize));
      model.step(rate, weightDecay);
    }
  }
  return model.probe();
}

/** Weights while they are trained: a row per feature, the biases as the weights of a last feature that is always 1. */
class Model {
  readonly #dim: number;
  readonly #classes: number;
  /** Rows of features, and numbers of a row, padded for the kernel. */
  readonly #features: number;
  readonly #columns: number;
  readonly #batch: number;
  readonly #kernels;
  /** Where each matrix begins, in bytes. */
  readonly #weightsAt: number;
  readonly #logitsAt: number;
  readonly #gradientAt: number;
  readonly #inputs: Float64Array<ArrayBuffer>;
  readonly #weights: Float64Array<ArrayBuffer>;
  readonly #logits: Float64Array<ArrayBuffer>;
  readonly #gradient: Float64Array<ArrayBuffer>;
  /** Running averages of the gradient and of its square. */
  readonly #mean: Float64Array<ArrayBuffer>;
  readonly #square: Float64Array<ArrayBuffer>;
  #steps = 0;

  constructor({ classes, dim, weight, bias }: Probe, batchSize: number) {
    const padded = (value: number, unit: number) => Math.ceil(value / unit) * unit;
    this.#dim = dim;
    this.#classes = classes;
    this.#features = padded(dim + 1, PRODUCT_ROWS);
    this.#columns = padded(classes, COLUMN_BYTES / BYTES);
    this.#batch = padded(batchSize, PRODUCT_ROWS);
    const parameters = this.#features * this.#columns;
    this.#weightsAt = this.#batch * this.#features * BYTES;
    this.#logitsAt = this.#weightsAt + parameters * BYTES;
    this.#gradientAt = this.#logitsAt + this.#batch * this.#columns * BYTES;
    this.#kernels = openKernels(this.#gradientAt + parameters * BYTES);
    const view = (at: number, count: number) => new Float64Array(this.#kernels.memory.buffer, at, count);
    this.#inputs = view(0, this.#batch * this.#features);
    this.#weights = view(this.#weightsAt, parameters);
    this.#logits = view(this.#logitsAt, this.#batch * this.#columns);
    this.#gradient = view(this.#gradientAt, parameters);
    this.#mean = new Float64Array(parameters);
    this.#square = new Float64Array(parameters);
    for (let index = 0; index < classes; index++) {
      for (let feature = 0; feature < dim; feature++) {
        this.#weights[feature * this.#columns + index] = weight[index * dim + feature]!;
      }
      this.#weights[dim * this.#columns + index] = bias[index]!;
    }
  }

  /** The gradient of the mean cross-entropy of these rows. */
  gradient({ data, dim }: UnitRows, targets: ArrayLike<number>, batch: Int32Array): void {
    const [inputStep, step] = [this.#features * BYTES, this.#columns * BYTES];
    this.#inputs.fill(0);
    for (const [at, row] of batch.entries()) {
      this.#inputs.set(data.subarray(row * dim, (row + 1) * dim), at * this.#features);
      this.#inputs[at * this.#features + dim] = 1;
    }
    for (let row = 0; row < this.#batch; row += PRODUCT_ROWS) {
      const out = this.#logitsAt + row * step;
      this.#kernels.multiply(row * inputStep, inputStep, BYTES, dim + 1, this.#weightsAt, step, out);
    }
    for (let at = 0; at < this.#batch; at++) this.#toDerivative(at, targets[batch[at] ?? -1], batch.length);
    for (let feature = 0; feature < this.#features; feature += PRODUCT_ROWS) {
      const out = this.#gradientAt + feature * step;
      this.#kernels.multiply(feature * BYTES, BYTES, inputStep, this.#batch, this.#logitsAt, step, out);
    }
  }

  /** Makes of a sample's logits the derivatives of its share of the loss: zeros for what only pads the batch. */
  #toDerivative(at: number, target: number | undefined, samples: number): void {
    const row = this.#logits.subarray(at * this.#columns, (at + 1) * this.#columns);
    if (target === undefined) {
      row.fill(0);
      return;
    }
    const logits = row.subarray(0, this.#classes);
    const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    let total = 0;
    for (let index = 0; index < logits.length; index++) {
      logits[index] = Math.exp(logits[index]! - highest);
      total += logits[index]!;
    }
    for (let index = 0; index < logits.length; index++) {
      logits[index] = (logits[index]! / total - (index === target ? 1 : 0)) / samples;
    }
  }

  /** A step of AdamW (Loshchilov and Hutter 2019, as in PyTorch). */
  step(rate: number, weightDecay: number): void {
    this.#steps += 1;
    const [weights, gradient, mean, square] = [this.#weights, this.#gradient, this.#mean, this.#square];
    const kept = 1 - rate * weightDecay;
    const size = rate / (1 - BETA1 ** this.#steps);
    const root = Math.sqrt(1 - BETA2 ** this.#steps);
    for (let at = 0; at < weights.length; at++) {
      const slope = gradient[at]!;
      const average = mean[at]! + (1 - BETA1) * (slope - mean[at]!);
      const spread = BETA2 * square[at]! + (1 - BETA2) * slope * slope;
      mean[at] = average;
      square[at] = spread;
      weights[at] = kept * weights[at]! - (size * average) / (Math.sqrt(spread) / root + EPSILON);
    }
  }

  probe(): Probe {
    const [dim, classes, columns, weights] = [this.#dim, this.#classes, this.#columns, this.#weights];
    const weight = new Float32Array(classes * dim);
    for (let at = 0; at < weight.length; at++) {
      weight[at] = weights[(at % dim) * columns + Math.floor(at / dim)]!;
    }
    return {
      classes,
      dim,
      weight,
      bias: Float32Array.from(weights.subarray(dim * columns).subarray(0, classes)),
    };
  }
}
