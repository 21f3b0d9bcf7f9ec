import type { PixelSource } from './raster';

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture's pixels, all of them or those of a frame: the picture decoded at a scale. */
export interface FramedPicture extends PixelSource {
  /** Size of the upright picture; equal to `width` and `height` unless the pixels are a frame's. */
  readonly full: Size;
  /**
   * The part of the pixels that the picture covers, in pixels, as Pillow's `box`: a frame's last column and row, or once
   * it is turned its first, may reach beyond the picture.
   */
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
}

/** A decoded picture as displayed: upright, in sRGB, on its ground. Four bytes per pixel, the last is 255. */
export interface DecodedPicture extends FramedPicture {
  readonly channels: 4;
  /** Whether its pixels are those of a frame at a scale, so that what is made of them is not exact. */
  readonly isScaled: boolean;
  /** Whether an `<img>` shows the file as it is decoded here: upright, and not on a ground of its own. */
  readonly isShownAlike: boolean;
  /**
   * A small opaque copy, `width` x `height` pixels, in the colours that a browser shows.
   * @param onto a canvas of an earlier copy, whose place this one takes; default: another
   * @throws PictureUnreadable
   */
  scaled(width: number, height: number, onto?: OffscreenCanvas): Promise<OffscreenCanvas>;
  /** Frees the pixels; the picture cannot be read after that. */
  close(): void;
}
