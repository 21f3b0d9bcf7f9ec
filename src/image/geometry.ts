/**
 * Placement of a picture in the tower's input, after `image_transform` of open_clip/transform.py and the functions it
 * uses from torchvision (`_compute_resized_output_size`, `center_crop`) and timm (`ResizeKeepRatio`).
 */
import type { Interpolation, PreprocessSettings } from '../core/preprocess-settings';
import type { AxisSpan } from './filter-weights';
import type { FramedPicture, Size } from './picture';

/** The mapping from picture to tower input along one axis, in pixels. */
export interface Axis extends AxisSpan {
  /** Size of the tower's input. */
  readonly target: number;
  /** Padding before the picture; more than 0 only if the picture is too short. */
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
    // OpenCLIP builds this one resize without its interpolation setting, so the default applies.
    interpolation: isOblongShortest(settings) ? 'bicubic' : settings.interpolation,
  };
}

/**
 * The same for a picture of which there is a frame of other size.
 *
 * Why from the full size: the sides of a frame are rounded up to whole pixels, and a plan made from them moves the crop,
 * to a cosine of 0.9967 at worst.
 */
export function fitFrame({ full, width, height, box }: FramedPicture, settings: PreprocessSettings): Fit {
  const plan = fit(full.width, full.height, settings);
  const [left, top, right, bottom] = box;
  return {
    ...plan,
    horizontal: { ...plan.horizontal, source: width, box: [left, right] },
    vertical: { ...plan.vertical, source: height, box: [top, bottom] },
  };
}

/** Pixels of the tower's input for each of a picture of this size, along the axis on which there are more. */
export function inputScale({ width, height }: Size, settings: PreprocessSettings): number {
  const { horizontal, vertical } = fit(width, height, settings);
  return Math.max(horizontal.resized / width, vertical.resized / height);
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
  // If a short side rounds to 0, Pillow raises an error; here it becomes 1.
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

/** Python's `round` for non-negative numbers. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}
