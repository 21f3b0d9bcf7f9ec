import { mulberry32 } from '../core/random';

/** E = beta C^alpha: the error that a model of this compute is to have. */
export interface PowerLaw {
  readonly alpha: number;
  readonly beta: number;
}

/** Compute and error of models, one of each a model; all greater than 0. */
export interface LawPoints {
  readonly compute: ArrayLike<number>;
  readonly error: ArrayLike<number>;
}

/** Bins of the paper's fit. */
export const BINS = 5;

/** What lies past the largest logarithm of compute in the last bin. */
const PAST_LAST = 0.1;

/** A point of logarithms to the base 10. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The fit through the best models (LAION-AI/scaling-laws-openclip, `figures.ipynb`): the logarithm of compute from the
 * least to the largest and 0.1 is cut into equal bins, and a line fitted by least squares to the lowest error of each,
 * at the middle of its bin. Undefined if fewer than two bins hold a model.
 * @throws RangeError if a value is not greater than 0, or the lengths differ
 */
export function binnedFit(points: LawPoints, bins = BINS): PowerLaw | undefined {
  return fitted(lowestOfBins(logarithms(points), bins));
}

/** A line through all logarithms by least squares; undefined if all compute is the same. @throws RangeError as above */
export function leastSquaresFit(points: LawPoints): PowerLaw | undefined {
  return fitted(logarithms(points));
}

/** The error by a law. */
export function predict({ alpha, beta }: PowerLaw, compute: number): number {
  return beta * compute ** alpha;
}

/** The central share of values. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Intervals that hold `share` of the fits of samples drawn from the points with replacement (Efron's percentile
 * bootstrap), by `seed`; undefined if every draw leaves no fit.
 */
export function bootstrap(
  points: LawPoints,
  fit: (points: LawPoints) => PowerLaw | undefined,
  { draws = 1000, share = 0.95, seed = 1 } = {},
): { readonly alpha: Interval; readonly beta: Interval } | undefined {
  const random = mulberry32(seed);
  const count = points.compute.length;
  const laws: PowerLaw[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const drawn = Array.from({ length: count }, () => Math.floor(random() * count));
    const law = fit({
      compute: drawn.map((at) => points.compute[at]!),
      error: drawn.map((at) => points.error[at]!),
    });
    if (law) laws.push(law);
  }
  if (laws.length === 0) return undefined;
  const interval = (values: readonly number[]): Interval => {
    const sorted = values.toSorted((a, b) => a - b);
    return { low: quantile(sorted, (1 - share) / 2), high: quantile(sorted, (1 + share) / 2) };
  };
  return { alpha: interval(laws.map(({ alpha }) => alpha)), beta: interval(laws.map(({ beta }) => beta)) };
}

function logarithms({ compute, error }: LawPoints): Point[] {
  if (compute.length !== error.length)
    throw new RangeError(`${compute.length} models, ${error.length} errors`);
  return Array.from(compute, (value, at) => {
    if (!(value > 0 && error[at]! > 0)) throw new RangeError(`No power of ${value} is ${error[at]}`);
    return { x: Math.log10(value), y: Math.log10(error[at]!) };
  });
}

function lowestOfBins(points: readonly Point[], bins: number): Point[] {
  const least = points.reduce((low, { x }) => Math.min(low, x), Infinity);
  const width = (points.reduce((high, { x }) => Math.max(high, x), -Infinity) + PAST_LAST - least) / bins;
  const edge = (bin: number) => least + bin * width;
  return Array.from({ length: bins }, (_, bin) => {
    const inside = points.filter(({ x }) => x >= edge(bin) && x < edge(bin + 1));
    return { x: edge(bin + 0.5), y: Math.min(...inside.map(({ y }) => y)) };
  }).filter(({ y }) => y !== Infinity);
}

function fitted(points: readonly Point[]): PowerLaw | undefined {
  // Not by their spread: the mean of equal numbers may be off by a rounding.
  if (points.every((point) => point.x === points[0]!.x)) return undefined;
  const mean = (value: (point: Point) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = mean((point) => (point.x - x) ** 2);
  const alpha = mean((point) => (point.x - x) * (point.y - y)) / spread;
  return { alpha, beta: 10 ** (y - alpha * x) };
}

/** Between the two nearest of sorted values, in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
