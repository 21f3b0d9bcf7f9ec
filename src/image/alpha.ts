/** Integer alpha arithmetic on RGBA bytes, `[pixels, 4]`. */
import type { Raster } from './raster';

/** `a * b / 255` for bytes, rounded to nearest: `MULDIV255` of Pillow's ImagingUtils.h. */
function multiply255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** Pillow's RGBA to RGBa: a new array of colours times alpha, alpha unchanged. */
export function premultiply(rgba: Uint8Array | Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    out[i] = multiply255(rgba[i]!, alpha);
    out[i + 1] = multiply255(rgba[i + 1]!, alpha);
    out[i + 2] = multiply255(rgba[i + 2]!, alpha);
    out[i + 3] = alpha;
  }
  return out;
}

/**
 * Pillow's RGBa to RGBA, in place: colours divided by alpha, rounded down and clipped (a resampled colour may exceed
 * its alpha). Where alpha is 0, colours are unchanged.
 */
export function unpremultiply(rgba: Uint8Array | Uint8ClampedArray): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    if (alpha === 255 || alpha === 0) continue;
    for (let channel = i; channel < i + 3; channel++) {
      rgba[channel] = Math.min(Math.trunc((255 * rgba[channel]!) / alpha), 255);
    }
  }
}

/**
 * A `transparent` raster composited on white. Exact: `(c * a + 255 * (255 - a)) / 255`, rounded to nearest, is
 * `multiply255(c, a) + 255 - a`, since the second term is an integer. Opaque and indexed rasters are returned
 * unchanged.
 */
export function overWhite(raster: Raster): Raster {
  if (raster.kind !== 'transparent') return raster;
  const data = premultiply(raster.data);
  for (let i = 0; i < data.length; i += 4) {
    const white = 255 - data[i + 3]!;
    data[i] = data[i]! + white;
    data[i + 1] = data[i + 1]! + white;
    data[i + 2] = data[i + 2]! + white;
    data[i + 3] = 255;
  }
  return { width: raster.width, height: raster.height, channels: 4, data };
}
