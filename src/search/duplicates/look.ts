/** What a picture looks like at a glance, to tell whether two pictures show the same. */
import { dot } from '../../core/vectors';

/** Pixels along each side of a view. */
export const LOOK_SIDE = 32;

/**
 * The parts of a picture that are viewed: all of it, and as it may be cropped. Left, top, right and bottom edge, as parts
 * of its width and height.
 */
export const LOOK_VIEWS: readonly (readonly [left: number, top: number, right: number, bottom: number])[] = [
  [0, 0, 1, 1],
  [0.015, 0.015, 0.985, 0.985],
  [0.03, 0.03, 0.97, 0.97],
  [0.03, 0.03, 1, 1],
  [0, 0, 0.97, 0.97],
  [0.03, 0, 1, 0.97],
  [0, 0.03, 0.97, 1],
];

/** Of each view, how much brighter each pixel is than those around it: `[32, 32]`, of unit length. */
export type Look = readonly Float32Array[];

/** Pixels around a pixel, in each direction, that its brightness is compared with. */
const AROUND = 3;

/** Correlation from which two looks agree. */
// Why 0.72: pictures that were recompressed, blurred, made smaller, brighter or darker by a quarter, or cropped by 3 to 6
// percent have 0.95 and more (16 photos, 30 drawings, 3 pages of text). Different pages of text have at most 0.67, for
// all their equal margins; different photos and drawings 0.47, dark frames 0.19.
const LEAST = 0.72;

/** Length below which a view is flat: half a level of difference, which is noise. */
const FLAT = 0.5 * LOOK_SIDE;

/**
 * A picture's look; undefined for one that is flat, which agrees with none.
 * @param views of `LOOK_VIEWS`, each `[32, 32, 4]`: RGB and a byte that is ignored
 */
export function lookOf(views: readonly ArrayLike<number>[]): Look | undefined {
  const look = views.map(viewOf);
  return look.every((view) => view !== undefined) ? look : undefined;
}

/** Whether two pictures look the same, one of them perhaps cropped. */
export function agree(a: Look | undefined, b: Look | undefined): boolean {
  if (!a?.[0] || !b?.[0]) return false;
  const [wholeA, wholeB] = [a[0], b[0]];
  return b.some((view) => dot(wholeA, view) >= LEAST) || a.some((view) => dot(view, wholeB) >= LEAST);
}

function viewOf(rgba: ArrayLike<number>): Float32Array | undefined {
  // The weights of ITU-R BT.601, as in JPEG.
  const levels = Float32Array.from(
    { length: LOOK_SIDE ** 2 },
    (_, i) => 0.299 * rgba[i * 4]! + 0.587 * rgba[i * 4 + 1]! + 0.114 * rgba[i * 4 + 2]!,
  );
  const around = blurred(blurred(levels, 1, LOOK_SIDE), LOOK_SIDE, 1);
  const detail = levels.map((level, i) => level - around[i]!);
  const mean = detail.reduce((sum, value) => sum + value, 0) / detail.length;
  const length = Math.sqrt(detail.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return length < FLAT ? undefined : detail.map((value) => (value - mean) / length);
}

/** Means along lines, whose pixels are `step` apart and which are `next` apart. Edges are continued. */
function blurred(levels: Float32Array, step: number, next: number): Float32Array {
  const out = new Float32Array(levels.length);
  for (let line = 0; line < LOOK_SIDE; line++) {
    for (let at = 0; at < LOOK_SIDE; at++) {
      let sum = 0;
      for (let near = at - AROUND; near <= at + AROUND; near++) {
        sum += levels[line * next + Math.min(Math.max(near, 0), LOOK_SIDE - 1) * step]!;
      }
      out[line * next + at * step] = sum / (2 * AROUND + 1);
    }
  }
  return out;
}
