import { OPENAI_MEAN, OPENAI_STD } from '../config/preprocess-config';
import { Settings } from '../config/settings';

/** What a config's towers are: `CLIPModel` or `SiglipModel`. */
export type HfKind = 'clip' | 'siglip';

/** `resample` of transformers, Pillow's number, and OpenCLIP's name for it. */
const FILTERS: ReadonlyMap<unknown, string> = new Map([
  [2, 'bilinear'],
  [3, 'bicubic'],
]);

/** Names of the classes that prepare pictures, of old and new versions of transformers. */
const CLASSES: Readonly<Record<HfKind, RegExp>> = {
  clip: /^CLIP(?:ImageProcessor(?:Fast|Pil)?|FeatureExtractor)$/,
  siglip: /^Siglip(?:ImageProcessor(?:Fast|Pil)?|FeatureExtractor)$/,
};

/**
 * `preprocess_cfg` for the settings of an image processor. Defaults are those of transformers 5.18's
 * `CLIPImageProcessor` and `SiglipImageProcessor`.
 *
 * Why pictures are cropped as in OpenCLIP: of an odd rest transformers leaves the larger half behind, OpenCLIP rounds to
 * even, with which these models were trained; the two differ by one pixel at most.
 * @param json the parsed file, undefined if there is none
 * @param kind the model's, whose class is meant where the file names none
 * @param imageSize pixels per side that the image tower takes
 * @throws ConfigUnreadable, UnsupportedSetting
 */
export function preprocessConfig(json: unknown, kind: HfKind, imageSize: number): Record<string, unknown> {
  const settings = new Settings(json ?? {}, 'preprocessor_config');
  const isClip = classOf(settings, kind) === 'clip';
  settings.only('do_resize', true);
  settings.only('do_rescale', true);
  settings.only('do_pad', false);
  if (Math.abs(settings.positive('rescale_factor', 1 / 255) - 1 / 255) > 1e-9) {
    throw settings.refusal('rescale_factor', 'colours of 0 to 255 become 0 to 1');
  }
  const interpolation = FILTERS.get(settings.raw('resample') ?? 3);
  if (interpolation === undefined) throw settings.refusal('resample', '2, bilinear, and 3, bicubic, are run');
  const normalises = settings.raw('do_normalize') !== false;
  const [mean, std] = isClip
    ? [OPENAI_MEAN, OPENAI_STD]
    : [
        [0.5, 0.5, 0.5],
        [0.5, 0.5, 0.5],
      ];
  return {
    size: imageSize,
    mode: 'RGB',
    interpolation,
    resize_mode: resizeMode(settings, isClip, imageSize),
    mean: normalises ? (settings.raw('image_mean') ?? mean) : [0, 0, 0],
    std: normalises ? (settings.raw('image_std') ?? std) : [1, 1, 1],
  };
}

function classOf(settings: Settings, kind: HfKind): HfKind {
  const key = settings.has('image_processor_type') ? 'image_processor_type' : 'feature_extractor_type';
  const name = settings.name(key);
  if (name === undefined) return kind;
  if (CLASSES.clip.test(name)) return 'clip';
  if (CLASSES.siglip.test(name)) return 'siglip';
  throw settings.refusal(key, 'pictures are prepared as CLIPImageProcessor and SiglipImageProcessor do');
}

/** How a picture comes to the tower's size; that must be what the settings end in. */
function resizeMode(settings: Settings, isClip: boolean, imageSize: number): 'shortest' | 'squash' {
  const hint = `the image tower takes ${imageSize} x ${imageSize} pixels`;
  const crops = settings.has('do_center_crop') ? settings.flag('do_center_crop') : isClip;
  const cropSize = edges(settings.raw('crop_size') ?? imageSize, 'height', 'width');
  if (crops && !isSize(cropSize, imageSize, 'height', 'width')) throw settings.refusal('crop_size', hint);
  const size = edges(
    settings.raw('size') ?? imageSize,
    ...(isClip ? ['shortest_edge'] : ['height', 'width']),
  );
  if (isSize(size, imageSize, 'height', 'width')) return 'squash';
  if (!isSize(size, imageSize, 'shortest_edge')) throw settings.refusal('size', hint);
  if (!crops)
    throw settings.refusal('do_center_crop', `${hint}, and the shortest edge alone makes no square`);
  return 'shortest';
}

/** A size by its edges; of old files one number, which stands for each of `names`. */
function edges(size: unknown, ...names: readonly string[]): ReadonlyMap<string, unknown> {
  const entries =
    typeof size === 'object' && size !== null
      ? Object.entries(size)
      : names.map((name) => [name, size] as const);
  return new Map(entries.filter(([, edge]) => edge !== null));
}

/** Whether a size has just the edges `names`, each of `pixels`. */
function isSize(size: ReadonlyMap<string, unknown>, pixels: number, ...names: readonly string[]): boolean {
  return size.size === names.length && names.every((name) => size.get(name) === pixels);
}
