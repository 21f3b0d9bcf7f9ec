type Size = readonly [height: number, width: number];

/**
 * Position embeddings for another grid, resized as in OpenCLIP and timm: bicubic with antialiasing, pixel centres at
 * halves, the first `prefixTokens` rows (class token) unchanged. `values` is `[prefixTokens + h * w, width]`,
 * row-major; sums are accumulated in double precision.
 */
export function resizePositions(
  values: Float32Array,
  from: Size,
  to: Size,
  width: number,
  prefixTokens: number,
): Float32Array<ArrayBuffer> {
  const prefix = prefixTokens * width;
  const across = resizeAxis(Float64Array.from(values.subarray(prefix)), {
    outer: from[0],
    taps: filterTaps(from[1], to[1]),
    from: from[1],
    inner: width,
  });
  const grid = resizeAxis(across, {
    outer: 1,
    taps: filterTaps(from[0], to[0]),
    from: from[0],
    inner: to[1] * width,
  });
  const resized = new Float32Array(prefix + grid.length);
  resized.set(values.subarray(0, prefix));
  resized.set(grid, prefix);
  return resized;
}

/** The filter taps of one output: consecutive inputs from `start`, with weights that sum to 1. */
interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

interface Axis {
  /** `[outer, from, inner]` becomes `[outer, taps.length, inner]`. */
  readonly outer: number;
  readonly taps: readonly Taps[];
  readonly from: number;
  readonly inner: number;
}

function resizeAxis(values: Float64Array, { outer, taps, from, inner }: Axis): Float64Array {
  const out = new Float64Array(outer * taps.length * inner);
  for (let line = 0; line < outer; line++) {
    for (const [place, { start, weights }] of taps.entries()) {
      const target = (line * taps.length + place) * inner;
      for (const [tap, weight] of weights.entries()) {
        const source = (line * from + start + tap) * inner;
        for (let at = 0; at < inner; at++) {
          out[target + at] = (out[target + at] ?? 0) + weight * (values[source + at] ?? 0);
        }
      }
    }
  }
  return out;
}

/**
 * PyTorch's `interpolate(mode='bicubic', antialias=True)` from `from` samples to `to`: downscaling widens the filter.
 */
function filterTaps(from: number, to: number): Taps[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, place) => {
    const centre = scale * (place + 0.5);
    const start = Math.max(0, Math.trunc(centre - 2 * stretch + 0.5));
    const end = Math.min(from, Math.trunc(centre + 2 * stretch + 0.5));
    const weights = Array.from({ length: end - start }, (_, tap) =>
      cubic((start + tap - centre + 0.5) / stretch),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

/** The filter of one axis as a matrix, `[to, from]`. */
export function resizeMatrix(from: number, to: number): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(to * from);
  for (const [place, { start, weights }] of filterTaps(from, to).entries())
    matrix.set(weights, place * from + start);
  return matrix;
}

/** Keys' cubic with a = -0.5, as wherever PyTorch antialiases. */
function cubic(offset: number): number {
  const x = Math.abs(offset);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/**
 * Text positions `[from, width]` for another context length, as in OpenCLIP: linear, with sample centres at halves
 * (PyTorch's `interpolate(mode='linear')`).
 */
export function resizeRow(
  values: Float32Array,
  from: number,
  to: number,
  width: number,
): Float32Array<ArrayBuffer> {
  const resized = new Float32Array(to * width);
  for (let place = 0; place < to; place++) {
    const source = Math.max(0, ((place + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(source));
    const high = Math.min(from - 1, low + 1);
    const share = source - low;
    for (let at = 0; at < width; at++) {
      const [before, after] = [values[low * width + at]!, values[high * width + at]!];
      resized[place * width + at] = before * (1 - share) + after * share;
    }
  }
  return resized;
}
