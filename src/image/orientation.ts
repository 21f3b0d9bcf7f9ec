/** Turning pictures upright. */

/** How EXIF orientations are undone: axes swapped first, then mirrored across or down. */
const TURNS: readonly { readonly swap: boolean; readonly across: boolean; readonly down: boolean }[] = [
  { swap: false, across: false, down: false },
  { swap: false, across: true, down: false },
  { swap: false, across: true, down: true },
  { swap: false, across: false, down: true },
  { swap: true, across: false, down: false },
  { swap: true, across: true, down: false },
  { swap: true, across: true, down: true },
  { swap: true, across: false, down: true },
];

/** Size in pixels of a picture of `width` x `height` once upright. @param orientation EXIF's, 1 to 8 */
export function uprightSize(
  width: number,
  height: number,
  orientation: number,
): [width: number, height: number] {
  return turnOf(orientation).swap ? [height, width] : [width, height];
}

/**
 * The canvas transform, `a` to `f` of `setTransform`, that draws a picture, stored `width` x `height`, upright with its
 * corner at 0, 0.
 */
export function uprightTransform(
  width: number,
  height: number,
  orientation: number,
): [a: number, b: number, c: number, d: number, e: number, f: number] {
  const { swap, across, down } = turnOf(orientation);
  const [right, bottom] = swap ? [height, width] : [width, height];
  const [x, y] = [across ? -1 : 1, down ? -1 : 1];
  const shift = [across ? right : 0, down ? bottom : 0] as const;
  return swap ? [0, y, x, 0, ...shift] : [x, 0, 0, y, ...shift];
}

/** Pixels stored `width` x `height`, turned upright: a copy, unless they are. */
export function uprightPixels(
  pixels: Uint32Array<ArrayBuffer>,
  width: number,
  height: number,
  orientation: number,
): Uint32Array<ArrayBuffer> {
  if (orientation === 1) return pixels;
  const [a, b, c, d, e, f] = uprightTransform(width, height, orientation);
  const [columns] = uprightSize(width, height, orientation);
  // By how much the place of a pixel changes with its column and its row, and the place of the first.
  const [across, down] = [b * columns + a, d * columns + c];
  const first = Math.floor(f + (b + d) / 2) * columns + Math.floor(e + (a + c) / 2);
  const turned = new Uint32Array(pixels.length);
  let from = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, to = first + y * down; x < width; x++, to += across) turned[to] = pixels[from++]!;
  }
  return turned;
}

function turnOf(orientation: number) {
  return TURNS[orientation - 1] ?? TURNS[0]!;
}
