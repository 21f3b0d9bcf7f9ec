/**
 * A picture in memory: 8 bits per channel, top row first, channels interleaved.
 *
 * `kind` determines how OpenCLIP's reference treats the bytes, depending on Pillow's mode for the file:
 * - `opaque` (the default): grey (1 channel), RGB (3) or RGB with an ignored fourth byte (4);
 * - `transparent`: RGBA, 4 channels, not premultiplied. Resized premultiplied, then alpha is dropped;
 * - `indexed`: palette indices, 1 channel, with `palette`. Resized by nearest neighbour (also Pillow's 1-bit mode).
 */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** `[height, width, channels]`. */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly kind?: 'opaque' | 'transparent' | 'indexed';
  /** RGB of every index, `[256, 3]`. With `kind: 'indexed'` only. */
  readonly palette?: Uint8Array;
}

/** A rectangle of pixels inside a larger buffer. */
export interface PixelBlock {
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Offset of the rectangle's first byte. */
  readonly offset: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/** Pixels read one rectangle at a time, so that a large picture need not be in memory as a whole. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** Bytes per pixel. */
  readonly channels: 1 | 3 | 4;
  /** The rectangle's pixels, valid until the next call. It must lie inside the picture. */
  read(left: number, top: number, width: number, height: number): PixelBlock;
}

/** A raster as a source, without copying. */
export function sourceOf(raster: Raster): PixelSource {
  const { width, height, channels, data } = raster;
  const stride = width * channels;
  return {
    width,
    height,
    channels,
    read: (left, top) => ({ data, offset: top * stride + left * channels, stride }),
  };
}

/** A rectangle of whole pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A rectangle of a source, as far as it reaches into it, without copying.
 * @throws RangeError if it lies outside
 */
export function partOf(source: PixelSource, { left, top, width, height }: Rectangle): PixelSource {
  const columns = Math.min(width, source.width - left);
  const rows = Math.min(height, source.height - top);
  if (left < 0 || top < 0 || columns <= 0 || rows <= 0) {
    throw new RangeError(`The box lies outside the picture of ${source.width} × ${source.height} pixels`);
  }
  return {
    width: columns,
    height: rows,
    channels: source.channels,
    read: (x, y, w, h) => source.read(left + x, top + y, w, h),
  };
}
