/** How OpenCLIP resizes a picture before cropping: `preprocess_cfg.resize_mode`. */
export type ResizeMode = 'shortest' | 'longest' | 'squash';

/** The resampling filter: `preprocess_cfg.interpolation`. */
export type Interpolation = 'bicubic' | 'bilinear';

/** A checkpoint's preprocessing (`preprocess_cfg` with `vision_cfg.image_size`). */
export interface PreprocessSettings {
  /** The tower's input in pixels, `[height, width]`. */
  readonly size: readonly [height: number, width: number];
  readonly resizeMode: ResizeMode;
  readonly interpolation: Interpolation;
  /** Grey level 0..255 of the padding with `longest`. */
  readonly fillColor: number;
  /** Per channel (R, G, B), subtracted from a value in 0..1. */
  readonly mean: readonly [number, number, number];
  /** Per channel (R, G, B), divides the result. */
  readonly std: readonly [number, number, number];
}
