/**
 * Pillow's 8-bit resampling: a horizontal pass, then a vertical one, in integers, bit-identical to Pillow
 * (`ImagingResampleInner` of Resample.c). Only pixels inside the crop are read and computed.
 */
import { WEIGHT_BITS } from './filter-weights';
import type { FilterTable } from './filter-weights';
import type { Fit } from './geometry';
import type { PixelBlock, PixelSource } from './raster';
import { resizePlan } from './resize-plan';
import type { Extent } from './resize-plan';
import { resizeRgbx } from './vector-resize';

// Why each pass clips: the negative lobes of bicubic overshoot at edges. Pillow also rounds to 8 bits after the
// horizontal pass, so the vertical pass never sees an overshoot; a resampler that keeps it is off by up to 22 of 255. A
// `Uint8ClampedArray` clips on assignment.

/** Half a unit, so that the final shift rounds. */
const HALF = 1 << (WEIGHT_BITS - 1);

/** Approximate number of pixels read from a source at once. */
const STRIPE_PIXELS = 1 << 20;

/**
 * The part of the resized picture that `fit` keeps: `[fit.vertical.length, fit.horizontal.length, channels]`.
 * @param channels how many of the source's channels to use, from the first
 */
export function resize(source: PixelSource, fit: Fit, channels: 1 | 3 | 4): Uint8ClampedArray<ArrayBuffer> {
  const { across, down, columns, rows, isVerticalFirst } = resizePlan(fit);
  const columnsRead = columns.end - columns.first;
  const rowsRead = rows.end - rows.first;

  if (across && down && isVerticalFirst) {
    const packed = packedRows(source, columns, rows, null, channels);
    const shrunk = verticalPass(packed, columnsRead * channels, rows.first, down);
    const block = { data: shrunk, offset: 0, stride: columnsRead * channels };
    const out = new Uint8ClampedArray(down.length * across.length * channels);
    horizontalPass(block, columns.first, down.length, channels, across, channels, out, 0);
    return out;
  }
  if (across && down && source.channels === 4 && channels === 3)
    return resizeRgbx(source, { columns, rows }, across, down, stripeRows(columnsRead));
  const packed = packedRows(source, columns, rows, across, channels);
  if (!down) return packed;
  return verticalPass(packed, packed.length / rowsRead, rows.first, down);
}

/** The rows of `rows`, resampled by `across` or else cropped to `columns`; packed without gaps. */
function packedRows(
  source: PixelSource,
  columns: Extent,
  rows: Extent,
  across: FilterTable | null,
  channels: number,
): Uint8ClampedArray<ArrayBuffer> {
  const columnsRead = columns.end - columns.first;
  const rowBytes = (across ? across.length : columnsRead) * channels;
  const out = new Uint8ClampedArray((rows.end - rows.first) * rowBytes);
  const most = stripeRows(columnsRead);
  for (let top = rows.first; top < rows.end; top += most) {
    const count = Math.min(most, rows.end - top);
    const block = source.read(columns.first, top, columnsRead, count);
    const at = (top - rows.first) * rowBytes;
    if (across) horizontalPass(block, columns.first, count, source.channels, across, channels, out, at);
    else copyRows(block, columnsRead, count, source.channels, channels, out, at);
  }
  return out;
}

/** Rows of so many pixels that are read from a source at once. */
function stripeRows(width: number): number {
  return Math.max(Math.floor(STRIPE_PIXELS / width), 1);
}

function copyRows(
  block: PixelBlock,
  width: number,
  rows: number,
  step: number,
  channels: number,
  out: Uint8ClampedArray,
  at: number,
): void {
  for (let y = 0; y < rows; y++) {
    let from = block.offset + y * block.stride;
    for (let x = 0; x < width; x++, from += step) {
      for (let channel = 0; channel < channels; channel++) out[at++] = block.data[from + channel]!;
    }
  }
}

/**
 * Resamples `rows` rows of `block` into `out`, starting at byte `at`.
 * @param left the picture's column at which the block starts
 * @param step bytes per source pixel
 */
function horizontalPass(
  block: PixelBlock,
  left: number,
  rows: number,
  step: number,
  table: FilterTable,
  channels: number,
  out: Uint8ClampedArray,
  at: number,
): void {
  const { data, offset, stride } = block;
  const { length, taps, starts, counts, weights } = table;
  for (let y = 0; y < rows; y++) {
    const row = offset + y * stride;
    for (let x = 0; x < length; x++) {
      const first = row + (starts[x]! - left) * step;
      const end = x * taps + counts[x]!;
      for (let channel = 0; channel < channels; channel++) {
        let sum = HALF;
        for (let tap = x * taps, from = first + channel; tap < end; tap++, from += step) {
          sum += Math.imul(data[from]!, weights[tap]!);
        }
        out[at++] = sum >> WEIGHT_BITS;
      }
    }
  }
}

/** Resamples packed rows of `rowBytes` bytes; `top` is the picture's row at which `data` starts. */
function verticalPass(
  data: Uint8ClampedArray,
  rowBytes: number,
  top: number,
  table: FilterTable,
): Uint8ClampedArray<ArrayBuffer> {
  const { length, taps, starts, counts, weights } = table;
  const out = new Uint8ClampedArray(length * rowBytes);
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < length; y++) {
    sums.fill(HALF);
    for (let tap = 0; tap < counts[y]!; tap++) {
      const weight = weights[y * taps + tap]!;
      const row = (starts[y]! - top + tap) * rowBytes;
      for (let x = 0; x < rowBytes; x++) sums[x]! += Math.imul(data[row + x]!, weight);
    }
    const at = y * rowBytes;
    for (let x = 0; x < rowBytes; x++) out[at + x] = sums[x]! >> WEIGHT_BITS;
  }
  return out;
}
