/**
 * Pillow's resampling coefficients as 32-bit integers, so that every device gives the same bytes. Follows
 * `precompute_coeffs` and `normalize_coeffs_8bpc` of Pillow's src/libImaging/Resample.c (12.3; the same in 9.4 and
 * 11.3).
 */
import type { Interpolation } from '../core/preprocess-settings';

/** Fraction bits of a weight: 32 minus 8 for the pixel and 2 for the overshoot of negative lobes. */
export const WEIGHT_BITS = 32 - 8 - 2;

/** The resizing of one axis, of which only pixels `start` to `start + length` are computed. */
export interface AxisSpan {
  /** Pixels before resizing. */
  readonly source: number;
  /** Pixels after resizing. */
  readonly resized: number;
  /** First resized pixel wanted. */
  readonly start: number;
  /** Number of resized pixels wanted. */
  readonly length: number;
  /** The part of the source that is resized, in pixels from its start, not always whole; default: all of it. */
  readonly box?: readonly [start: number, end: number];
}

/** The weights of one pass: resized pixel `i` of the span reads `counts[i]` source pixels starting at `starts[i]`. */
export interface FilterTable {
  /** Number of resized pixels. */
  readonly length: number;
  /** Weights per resized pixel; those past its count are 0. */
  readonly taps: number;
  readonly starts: Int32Array<ArrayBuffer>;
  readonly counts: Int32Array<ArrayBuffer>;
  /** `[length, taps]`; a row sums to about `1 << WEIGHT_BITS`. */
  readonly weights: Int32Array<ArrayBuffer>;
}

interface Filter {
  /** Half the filter's width, in source pixels at a scale of 1. */
  readonly support: number;
  /** The weight at distance `x` >= 0. */
  readonly at: (x: number) => number;
}

/** Cubic convolution (Keys 1981) with a = -0.5. */
function bicubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function bilinear(x: number): number {
  return x < 1 ? 1 - x : 0;
}

const FILTERS: Readonly<Record<Interpolation, Filter>> = {
  bicubic: { support: 2, at: bicubic },
  bilinear: { support: 1, at: bilinear },
};

/**
 * The weights of one pass. Downscaling widens the filter by the scale, which prevents aliasing. Floating-point
 * operations are in Pillow's order: another order would round differently.
 */
export function filterTable(span: AxisSpan, interpolation: Interpolation): FilterTable {
  const { support, at } = FILTERS[interpolation];
  const [boxStart, boxEnd] = boxOf(span);
  const scale = (boxEnd - boxStart) / span.resized;
  const widening = Math.max(scale, 1);
  const reach = support * widening;
  const inverse = 1 / widening;
  const taps = Math.ceil(reach) * 2 + 1;

  const starts = new Int32Array(span.length);
  const counts = new Int32Array(span.length);
  const weights = new Int32Array(span.length * taps);
  const row = new Float64Array(taps);
  for (let i = 0; i < span.length; i++) {
    const centre = boxStart + (span.start + i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const count = Math.min(Math.trunc(centre + reach + 0.5), span.source) - first;
    let sum = 0;
    for (let x = 0; x < count; x++) {
      const weight = at(Math.abs((x + first - centre + 0.5) * inverse));
      row[x] = weight;
      sum += weight;
    }
    for (let x = 0; x < count; x++) weights[i * taps + x] = fixedPoint(sum === 0 ? row[x]! : row[x]! / sum);
    starts[i] = first;
    counts[i] = count;
  }
  return { length: span.length, taps, starts, counts, weights };
}

function boxOf({ source, box = [0, source] }: AxisSpan): readonly [start: number, end: number] {
  return box;
}

/** Whether a span has as many pixels after resizing as before, at the same places. */
export function isUnchanged(span: AxisSpan): boolean {
  const [start, end] = boxOf(span);
  return start === 0 && end === span.source && span.source === span.resized;
}

/** Rounds half away from zero. */
function fixedPoint(weight: number): number {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << WEIGHT_BITS));
}
