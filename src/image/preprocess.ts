/** OpenCLIP's inference transform: from a picture to RGB bytes, and from bytes to the tower's input tensor. */
import type { PreprocessSettings } from '../core/preprocess-settings';
import { premultiply, unpremultiply } from './alpha';
import { fit } from './geometry';
import type { Fit } from './geometry';
import { resizeNearest } from './nearest';
import { sourceOf } from './raster';
import type { PixelSource, Raster } from './raster';
import { resize } from './resize';

/**
 * Resizes, crops and pads bit-identically to OpenCLIP, each kind of raster by the reference's own rules, and converts
 * to RGB last: `[height, width, 3]` of `settings.size`.
 */
export function preprocess(picture: Raster, settings: PreprocessSettings): Uint8Array<ArrayBuffer> {
  const plan = fit(picture.width, picture.height, settings);
  const source = sourceOf(picture);
  if (picture.kind === 'indexed') {
    const indices = resizeNearest(source.read(0, 0, picture.width, picture.height), plan);
    // As in the reference, the fill colour is a palette index here.
    return coloursOf(padded(indices, 1, plan, settings.fillColor), picture.palette);
  }
  if (picture.kind === 'transparent' && isResized(plan)) {
    const rgba = resize(sourceOf({ ...picture, data: premultiply(picture.data) }), plan, 4);
    unpremultiply(rgba);
    return padded(withoutAlpha(rgba), 3, plan, settings.fillColor);
  }
  return preprocessSource(source, settings);
}

/**
 * The same for pixels read in parts: grey, RGB, or four channels with the last ignored.
 * @param plan default: that for a picture of the source's size
 */
export function preprocessSource(
  source: PixelSource,
  settings: PreprocessSettings,
  plan = fit(source.width, source.height, settings),
): Uint8Array<ArrayBuffer> {
  const channels = source.channels === 1 ? 1 : 3;
  const bytes = resize(source, plan, channels);
  return padded(channels === 1 ? greyToRgb(bytes) : bytes, 3, plan, settings.fillColor);
}

function isResized({ horizontal, vertical }: Fit): boolean {
  return horizontal.source !== horizontal.resized || vertical.source !== vertical.resized;
}

/** The resized part placed in the tower's input, the rest filled. */
function padded(
  bytes: Uint8Array | Uint8ClampedArray,
  channels: number,
  { horizontal, vertical }: Fit,
  fillColor: number,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(vertical.target * horizontal.target * channels).fill(fillColor);
  const rowBytes = horizontal.length * channels;
  for (let y = 0; y < vertical.length; y++) {
    const at = ((vertical.padding + y) * horizontal.target + horizontal.padding) * channels;
    out.set(bytes.subarray(y * rowBytes, (y + 1) * rowBytes), at);
  }
  return out;
}

function coloursOf(indices: Uint8Array, palette: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  if (palette?.length !== 768) throw new TypeError('an indexed raster needs a palette of 768 bytes');
  const out = new Uint8Array(indices.length * 3);
  indices.forEach((index, i) => out.set(palette.subarray(index * 3, index * 3 + 3), i * 3));
  return out;
}

function greyToRgb(grey: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(grey.length * 3);
  grey.forEach((level, i) => out.fill(level, i * 3, i * 3 + 3));
  return out;
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    out.set(rgba.subarray(from, from + 3), to);
  }
  return out;
}

/**
 * The normalised value of each byte in each channel: `[3, 256]`. torchvision's `to_tensor` and `Normalize`,
 * `(x / 255 - mean) / std`, with every step rounded to float32.
 */
export function normaliseTable(
  mean: PreprocessSettings['mean'],
  std: PreprocessSettings['std'],
): Float32Array<ArrayBuffer> {
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    const channelMean = Math.fround(mean[channel]!);
    const channelStd = Math.fround(std[channel]!);
    for (let byte = 0; byte < 256; byte++) {
      table[channel * 256 + byte] = Math.fround(Math.fround(byte / 255) - channelMean) / channelStd;
    }
  }
  return table;
}

/** RGB bytes, `[count, height, width, 3]`, to the towers' input: float32, `[count, 3, height, width]`. */
export function normalise(
  bytes: Uint8Array,
  count: number,
  height: number,
  width: number,
  mean: PreprocessSettings['mean'],
  std: PreprocessSettings['std'],
): Float32Array<ArrayBuffer> {
  const table = normaliseTable(mean, std);
  const area = height * width;
  const out = new Float32Array(count * 3 * area);
  for (let picture = 0; picture < count; picture++) {
    for (let channel = 0; channel < 3; channel++) {
      const plane = (picture * 3 + channel) * area;
      let from = picture * area * 3 + channel;
      for (let i = 0; i < area; i++, from += 3) out[plane + i] = table[channel * 256 + bytes[from]!]!;
    }
  }
  return out;
}
