import type { Architecture } from './architecture';
import type { TowerWeights } from './towers';
import { patchGrid, prefixTokens, requirePatch } from './config/vision-config';
import { readTensor32, type StoredTensor } from './weights/weights';

type Size = readonly [height: number, width: number];

const POSITIONS = 'visual.positional_embedding';

/**
 * The same architecture at another image size, `[height, width]` in pixels.
 * @throws ConfigUnreadable if a patch is larger than the picture
 */
export function withImageSize(architecture: Architecture, imageSize: Size): Architecture {
  const vision = { ...architecture.vision, imageSize };
  requirePatch(vision);
  return { ...architecture, vision, preprocess: { ...architecture.preprocess, size: imageSize } };
}

/**
 * The image tower's weights for `resized`, made from `architecture` by `withImageSize`: the position embedding is
 * resized to the new patch grid, all other tensors are shared.
 * @throws RangeError if `weights` hold no position embedding
 */
export async function resizedTowerWeights(
  weights: TowerWeights,
  architecture: Architecture,
  resized: Architecture,
): Promise<TowerWeights> {
  const { width } = architecture.vision;
  const prefix = prefixTokens(architecture.vision);
  const [from, to] = [patchGrid(architecture.vision), patchGrid(resized.vision)];
  if (keepsPositions(architecture, from, to)) return weights;
  const stored = weights.tensors.find(({ name }) => name === POSITIONS);
  if (stored === undefined) throw new RangeError(`No weight ${POSITIONS} was stored for the image tower.`);
  const data = resizePositions(await readTensor32(weights, stored), from, to, width, prefix);
  const file = `${POSITIONS}.${to.join('x')}.bin`;
  const tensor: StoredTensor = {
    name: POSITIONS,
    dtype: 'F32',
    shape: [prefix + to[0] * to[1], width],
    file,
    offset: 0,
    byteLength: data.byteLength,
  };
  return {
    tensors: weights.tensors.map((one) => (one === stored ? tensor : one)),
    files: [...weights.files, { path: file, data: new Uint8Array(data.buffer) }],
  };
}

/**
 * Why positions may stay though the grid changes: OpenCLIP compares only their count (`resize_pos_embed`), so 2 x 8
 * patches use the positions of 4 x 4 unchanged. timm compares the grids.
 */
function keepsPositions({ vision }: Architecture, from: Size, to: Size): boolean {
  const sameCount = from[0] * from[1] === to[0] * to[1];
  return sameCount && (vision.pool !== 'map' || from[0] === to[0]);
}

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

/** Keys' cubic with a = -0.5, as wherever PyTorch antialiases. */
function cubic(offset: number): number {
  const x = Math.abs(offset);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}
