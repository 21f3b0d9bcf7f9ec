import { slices, type Follower } from '../core/slices';
import { rowAt, type UnitRows } from '../core/unit-rows';
import { dot } from '../core/vectors';

/** Photos of which the user has said which labels are right or wrong. */
export interface LabelExamples {
  /** One row per photo. */
  readonly rows: UnitRows;
  /** `[photos, labels]`, row-major: 1 where a label may be right of a photo. Every photo has one. */
  readonly possible: Uint8Array<ArrayBuffer>;
}

export interface LearningSettings {
  /** Multiplies a cosine to give a logit. */
  readonly logitScale: number;
  /** Default: `FREEDOM`. */
  readonly freedom?: number;
}

/**
 * How far labels may move from their texts, as the variance of what is added to a logit, for one example a label.
 *
 * Why this value: the best of those that `npm run evaluate-learning` tries, on drawing styles that are not those it then
 * measures with.
 */
export const FREEDOM = 16;

/** Steps of a training: enough for the rows to settle, as their test against an exact solver shows. */
const STEPS = 100;

/**
 * The rows of labels after learning from examples: a linear probe that begins at the texts' rows and pays for leaving them.
 * It minimises the mean over the photos of -log(the share of the labels that may be right), plus the squared distance of all
 * logit rows from the texts', by (2 `freedom` k): k is the number of photos a label that has any. So with one example a label
 * stays near its text, and with many it is a plain probe.
 *
 * Why not the mean of the examples, blended with the text's row: pictures lie far from texts, so that what all pictures share
 * outweighs what tells labels apart. `npm run evaluate-learning` measures it too: with one example a label it is worse, over
 * all, than the texts alone. The penalised probe is that of CLAP (Silva-Rodríguez and others 2024, "A Closer Look at the Few-Shot
 * Adaptation of Large Vision-Language Models"), with one weight for all labels; they found that the blends of Tip-Adapter
 * (Zhang and others 2022) and CLIP-Adapter (Gao and others 2021) depend on a validation set, which nobody has here.
 *
 * Why in the examples' span: all gradients are sums of the examples' rows, so what is trained is a number for each photo and
 * label, and a step costs photos² x labels whatever the length of the rows.
 * @param texts one row per label
 * @returns one row per label, to be used as the texts' are; their lengths differ
 * @throws RangeError if sizes differ, or if a photo has no possible label; Cancelled
 */
export async function learnLabels(
  texts: UnitRows,
  examples: LabelExamples,
  { logitScale, freedom = FREEDOM }: LearningSettings,
  follower: Follower = {},
): Promise<UnitRows> {
  const { rows, possible } = examples;
  check(texts, examples);
  const [photos, labels] = [rows.count, texts.count];
  if (photos === 0) return texts;
  const products = gram(rows);
  const zeroShot = logitsOf(rows, texts, logitScale);
  const pull = 1 / (freedom * photosALabel(examples, labels));
  // The largest curvature of a softmax is 1/2, and of the mean of the examples' products 1.
  const rate = 1 / (0.5 + pull);
  let shares = new Float64Array(photos * labels);
  let ahead = shares.slice();
  let momentum = 1;
  const pause = slices(follower, 'The learning was stopped.');
  // Nesterov's accelerated gradient.
  for (let step = 0; step < STEPS; step++) {
    const pausing = pause(step, STEPS);
    if (pausing) await pausing;
    const slopes = product(products, ahead, zeroShot, labels);
    toSlopes(slopes, possible, labels);
    const next = ahead.map((share, at) => share - rate * (slopes[at]! / photos + pull * share));
    const later = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const carried = (momentum - 1) / later;
    ahead = next.map((share, at) => share + carried * (share - shares[at]!));
    [shares, momentum] = [next, later];
  }
  return moved(texts, rows, shares, logitScale);
}

function check(texts: UnitRows, { rows, possible }: LabelExamples): void {
  if (possible.length !== rows.count * texts.count || (rows.count > 0 && rows.dim !== texts.dim)) {
    throw new RangeError(
      `${rows.count} rows of ${rows.dim} and ${possible.length} marks for ${texts.count} labels of ${texts.dim}`,
    );
  }
  for (let row = 0; row < rows.count; row++) {
    if (!possible.subarray(row * texts.count, (row + 1) * texts.count).includes(1)) {
      throw new RangeError(`No label is possible for example ${row}`);
    }
  }
}

/** Photos with one right label, by the number of labels that are right of one; 1 or more. */
function photosALabel(examples: LabelExamples, labels: number): number {
  const told = toldLabels(examples, labels).filter((label) => label >= 0);
  return told.length === 0 ? 1 : told.length / new Set(told).size;
}

/** The only possible label of each photo; -1 where there are several. */
export function toldLabels({ rows, possible }: LabelExamples, labels: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: rows.count }, (_, row) => {
    const own = possible.subarray(row * labels, (row + 1) * labels);
    const first = own.indexOf(1);
    return own.includes(1, first + 1) ? -1 : first;
  });
}

/** The products of all rows, `[count, count]`. */
function gram(rows: UnitRows): Float64Array {
  const { count } = rows;
  const all = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      all[a * count + b] = all[b * count + a] = dot(rowAt(rows, a), rowAt(rows, b));
    }
  }
  return all;
}

/** `[rows, labels]`. */
function logitsOf(rows: UnitRows, texts: UnitRows, logitScale: number): Float64Array {
  return Float64Array.from({ length: rows.count * texts.count }, (_, at) => {
    const [row, label] = [Math.floor(at / texts.count), at % texts.count];
    return logitScale * dot(rowAt(rows, row), rowAt(texts, label));
  });
}

/** products x shares + added, `[photos, labels]`. */
function product(
  products: Float64Array,
  shares: Float64Array,
  added: Float64Array,
  labels: number,
): Float64Array {
  const photos = added.length / labels;
  const sums = added.slice();
  for (let row = 0; row < photos; row++) {
    const own = sums.subarray(row * labels, (row + 1) * labels);
    for (let other = 0; other < photos; other++) {
      const weight = products[row * photos + other]!;
      const from = other * labels;
      for (let label = 0; label < labels; label++) own[label]! += weight * shares[from + label]!;
    }
  }
  return sums;
}

/** Makes of each photo's logits the derivatives of -log(the share of its possible labels). */
function toSlopes(logits: Float64Array, possible: Uint8Array, labels: number): void {
  for (let from = 0; from < logits.length; from += labels) {
    const own = logits.subarray(from, from + labels);
    const isPossible = possible.subarray(from, from + labels);
    const highest = own.reduce((a, b) => Math.max(a, b), -Infinity);
    const highestPossible = own.reduce((a, b, at) => (isPossible[at] === 1 ? Math.max(a, b) : a), -Infinity);
    let [total, right] = [0, 0];
    for (let at = 0; at < labels; at++) {
      total += Math.exp(own[at]! - highest);
      if (isPossible[at] === 1) right += Math.exp(own[at]! - highestPossible);
    }
    for (let at = 0; at < labels; at++) {
      const share = Math.exp(own[at]! - highest) / total;
      const wanted = isPossible[at] === 1 ? Math.exp(own[at]! - highestPossible) / right : 0;
      own[at] = share - wanted;
    }
  }
}

/** The labels' rows with what was learned added. */
function moved(texts: UnitRows, rows: UnitRows, shares: Float64Array, logitScale: number): UnitRows {
  const { count, dim } = texts;
  const data = Float64Array.from(texts.data);
  for (let row = 0; row < rows.count; row++) {
    const example = rowAt(rows, row);
    for (let label = 0; label < count; label++) {
      const weight = shares[row * count + label]! / logitScale;
      for (let at = 0; at < dim; at++) data[label * dim + at]! += weight * example[at]!;
    }
  }
  return { count, dim, data: Float32Array.from(data) };
}
