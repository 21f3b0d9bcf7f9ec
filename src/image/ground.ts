/** The colour on which transparent pictures are laid. */

export const WHITE = '#fff';
const DARK = '#282828';
const DARK_LEVEL = 0x28;

/** Maximum length of the longer side of the copies that are compared, in pixels. */
const COPY = 256;

/** Levels, of 255, below which what is drawn cannot be told from white. */
const FAINT = 32;

/** Levels, of 255, from which it can be seen on the dark ground. */
const VISIBLE = 64;

/**
 * White, unless a picture would vanish on it: a white drawing on a clear ground is laid on a dark one.
 *
 * Why: on white all such drawings are the same blank page, with the same embedding. Why all others stay on white: the
 * towers saw transparent pictures so.
 */
export function groundOf(bitmap: ImageBitmap): string {
  if (departs(copyOf(bitmap, WHITE), 255, FAINT)) return WHITE;
  const dark = copyOf(bitmap, DARK);
  // An opaque picture shows nothing of its ground.
  return dark.includes(DARK_LEVEL) && departs(dark, DARK_LEVEL, VISIBLE) ? DARK : WHITE;
}

// Why single pixels, not means of their neighbours: a bitmap that is not premultiplied would mix in the colour of clear
// ones, which is not seen.
function copyOf(bitmap: ImageBitmap, ground: string): Uint8ClampedArray {
  const scale = Math.min(1, COPY / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const { context } = groundedCanvas(width, height, ground);
  context.imageSmoothingEnabled = false;
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/** Whether a colour differs from `level` by `least` or more. Alpha is 255 in all. */
function departs(rgba: Uint8ClampedArray, level: number, least: number): boolean {
  return rgba.some((value, i) => i % 4 !== 3 && Math.abs(value - level) >= least);
}

// Why an opaque canvas: a canvas stores colours premultiplied in 8 bits, so reading back transparent pixels loses
// colour. On white nothing is lost: it stores premultiplied colour + 255 - alpha, which is the exact composite,
// `overWhite` of alpha.ts (equal for every pair of colour and alpha in Chromium).
/**
 * An opaque canvas filled with a ground.
 * @param canvas one that was made here before and is free again; default: another
 * @throws Error if the browser provides none
 */
export function groundedCanvas(
  width: number,
  height: number,
  ground: string,
  canvas = new OffscreenCanvas(width, height),
): { canvas: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D } {
  // To set a size makes the pixels anew, even if it is the same.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('the browser provided no canvas');
  context.resetTransform();
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  return { canvas, context };
}
