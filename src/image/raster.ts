/**
 * A picture in memory: 8 bits a channel, rows from the top, channels interleaved.
 *
 * `kind` says how OpenCLIP's reference treats the bytes, which depends on the mode Pillow gives a file:
 * - `opaque` (the default): grey (1 channel), RGB (3) or RGB with a fourth byte that means nothing (4);
 * - `transparent`: RGBA, 4 channels, colours not premultiplied. Resized premultiplied, then the alpha is dropped;
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
  /** Of the rectangle's first byte. */
  readonly offset: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/** Pixels that are read a rectangle at a time, so that a large picture need not lie in memory whole. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** Bytes a pixel. */
  readonly channels: 1 | 3 | 4;
  /** The rectangle's pixels, valid until the next call. It must lie inside the picture. */
  read(left: number, top: number, width: number, height: number): PixelBlock;
}

/** A raster as a source: nothing is copied. */
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
