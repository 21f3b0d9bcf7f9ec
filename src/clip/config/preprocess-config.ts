import type { PreprocessSettings } from '../../core/preprocess-settings';
import { Failure } from '../../core/failure';
import { Settings, show } from './settings';

type Triple = readonly [number, number, number];

/** OpenCLIP's `OPENAI_DATASET_MEAN` and `OPENAI_DATASET_STD`, the defaults of `preprocess_cfg`. */
export const OPENAI_MEAN: Triple = [0.48145466, 0.4578275, 0.40821073];
export const OPENAI_STD: Triple = [0.26862954, 0.26130258, 0.27577711];

/**
 * Colours are 0 to 1, and published means and deviations lie between 0 and 1 too. Far from them a picture's numbers would
 * be too large for a tower's arithmetic, or all pictures alike to it.
 */
const MOST_MEAN = 10;
const LEAST_STD = 0.001;
const MOST_STD = 10;

/**
 * Reads `preprocess_cfg`; `imageSize` is the tower's, `[height, width]`.
 * @throws ConfigUnreadable, UnsupportedSetting
 */
export function readPreprocess(config: unknown, imageSize: readonly [number, number]): PreprocessSettings {
  const settings = new Settings(config ?? {}, 'preprocess_cfg');
  settings.only('mode', 'RGB');
  // As in OpenCLIP, the image tower's size overrides `size`.
  settings.harmless('size');
  // At inference OpenCLIP treats 'random' (a training setting) as bicubic.
  const interpolation = settings.choice('interpolation', ['bicubic', 'bilinear', 'random']);
  const preprocess: PreprocessSettings = {
    size: imageSize,
    resizeMode: settings.choice('resize_mode', ['shortest', 'longest', 'squash']),
    interpolation: interpolation === 'bilinear' ? 'bilinear' : 'bicubic',
    fillColor: settings.integer('fill_color', 0, 0),
    mean: triple(settings, 'mean', OPENAI_MEAN),
    std: triple(settings, 'std', OPENAI_STD),
  };
  if (preprocess.fillColor > 255) throw settings.refusal('fill_color', 'a grey level is 0 to 255');
  if (preprocess.mean.some((value) => Math.abs(value) > MOST_MEAN)) {
    throw settings.refusal('mean', `a mean is within ${MOST_MEAN} of 0`);
  }
  if (preprocess.std.some((value) => Math.abs(value) < LEAST_STD || Math.abs(value) > MOST_STD)) {
    throw settings.refusal('std', `a standard deviation is from ${LEAST_STD} to ${MOST_STD}`);
  }
  settings.finish();
  return preprocess;
}

/** Three numbers, or one for all three channels. */
function triple(settings: Settings, key: string, fallback: Triple): Triple {
  const value = settings.raw(key) ?? fallback;
  const list: unknown[] = Array.isArray(value) ? value : [value, value, value];
  const [red, green, blue] = list;
  if (list.length === 3 && isFiniteNumber(red) && isFiniteNumber(green) && isFiniteNumber(blue)) {
    return [red, green, blue];
  }
  throw new Failure('ConfigUnreadable', `preprocess_cfg.${key} is ${show(value)}, expected three numbers.`);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
