/**
 * Where a picture goes on the tower's input, after `image_transform` of open_clip/transform.py and the functions
 * it takes from torchvision (`_compute_resized_output_size`, `center_crop`) and timm (`ResizeKeepRatio`).
 */
import type { Interpolation, PreprocessSettings } from '../core/preprocess-settings';
import type { AxisSpan } from './filter-weights';

/** One axis of the way from picture to tower, in pixels. */
export interface Axis extends AxisSpan {
  /** Of the tower's input. */
  readonly target: number;
  /** Empty pixels of the input before the picture begins; more than 0 only where the picture is too short. */
  readonly padding: number;
}

export interface Fit {
  readonly horizontal: Axis;
  readonly vertical: Axis;
  readonly interpolation: Interpolation;
}

/** How a picture of `width` x `height` pixels (1 or more) is resized, cropped and padded. */
export function fit(width: number, height: number, settings: PreprocessSettings): Fit {
  const [targetHeight, targetWidth] = settings.size;
  const [resizedHeight, resizedWidth] = resizedSize(height, width, settings);
  return {
    horizontal: centred(width, resizedWidth, targetWidth),
    vertical: centred(height, resizedHeight, targetHeight),
    // OpenCLIP builds this one resize without passing its interpolation on, so the default stands.
    interpolation: isOblongShortest(settings) ? 'bicubic' : settings.interpolation,
  };
}

function isOblongShortest({ size, resizeMode }: PreprocessSettings): boolean {
  return resizeMode === 'shortest' && size[0] !== size[1];
}

function resizedSize(height: number, width: number, settings: PreprocessSettings): [number, number] {
  const [targetHeight, targetWidth] = settings.size;
  if (settings.resizeMode === 'squash') return [targetHeight, targetWidth];
  if (settings.resizeMode === 'shortest' && targetHeight === targetWidth) {
    const long = Math.trunc((targetHeight * Math.max(width, height)) / Math.min(width, height));
    return width <= height ? [long, targetWidth] : [targetHeight, long];
  }
  const ratios = [height / targetHeight, width / targetWidth] as const;
  const ratio = settings.resizeMode === 'longest' ? Math.max(...ratios) : Math.min(...ratios);
  // Of a picture so long that its short side rounds to nothing, Pillow makes an error; here one row is left.
  return [Math.max(roundHalfEven(height / ratio), 1), Math.max(roundHalfEven(width / ratio), 1)];
}

function centred(source: number, resized: number, target: number): Axis {
  if (resized < target) {
    return {
      source,
      resized,
      start: 0,
      length: resized,
      target,
      padding: Math.floor((target - resized) / 2),
    };
  }
  return {
    source,
    resized,
    start: roundHalfEven((resized - target) / 2),
    length: target,
    target,
    padding: 0,
  };
}

/** Python's `round` for numbers of 0 or more. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}
