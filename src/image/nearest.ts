import type { AxisSpan } from './filter-weights';
import type { Fit } from './geometry';
import type { PixelBlock } from './raster';

/**
 * The nearest source pixel of each resized one, after `ImagingScaleAffine` of Pillow's Geometry.c, which adds the scale
 * step by step and so accumulates rounding errors.
 */
function nearestPositions(span: AxisSpan): Int32Array<ArrayBuffer> {
  const scale = span.source / span.resized;
  const positions = new Int32Array(span.length);
  let at = scale * 0.5;
  for (let i = 0; i < span.start + span.length; i++) {
    if (i >= span.start) positions[i - span.start] = Math.min(Math.trunc(at), span.source - 1);
    at += scale;
  }
  return positions;
}

/** The part of the resized one-channel picture that `fit` keeps: `[fit.vertical.length, fit.horizontal.length]`. */
export function resizeNearest(block: PixelBlock, fit: Fit): Uint8Array<ArrayBuffer> {
  const columns = nearestPositions(fit.horizontal);
  const rows = nearestPositions(fit.vertical);
  const out = new Uint8Array(rows.length * columns.length);
  let at = 0;
  for (const row of rows) {
    const start = block.offset + row * block.stride;
    for (const column of columns) out[at++] = block.data[start + column]!;
  }
  return out;
}
