import { Failure } from '../../core/failure';
import { Settings } from './settings';

/** Settings that OpenCLIP leaves to timm when a timm model is named. */
export const IGNORED_BESIDE_TIMM = [
  'layers',
  'width',
  'head_width',
  'mlp_ratio',
  'patch_size',
  'ls_init_value',
  'patch_dropout',
  'attentional_pool',
  'attn_pooler_queries',
  'attn_pooler_heads',
  'no_ln_pre',
  'pos_embed_type',
  'final_ln_after_pool',
  'pool_type',
  'output_tokens',
  'act_kwargs',
  'norm_kwargs',
  'block_type',
  'qk_norm',
  'scaled_cosine_attn',
  'scale_heads',
  'scale_attn_inner',
  'scale_attn',
  'scale_fc',
  'timm_model_pretrained',
  'timm_proj_bias',
  'timm_drop',
  'timm_drop_path',
];

/** `image_size`, and `timm_model_kwargs`, which must build the tower for it. */
export function readTimmKwargs(settings: Settings): {
  readonly kwargs: Settings;
  readonly path: string;
  readonly imageSize: readonly [height: number, width: number];
} {
  const imageSize = settings.pair('image_size', 224);
  const path = 'vision_cfg.timm_model_kwargs';
  const kwargs = new Settings(settings.raw('timm_model_kwargs') ?? {}, path);
  const built = kwargs.has('img_size') ? kwargs.pair('img_size') : imageSize;
  if (built[0] !== imageSize[0] || built[1] !== imageSize[1]) {
    throw new Failure(
      'ConfigUnreadable',
      `${path}.img_size is ${built.join(' x ')}, vision_cfg.image_size ${imageSize.join(' x ')}.`,
    );
  }
  return { kwargs, path, imageSize };
}

/**
 * `timm_pool`, which must be `pool`, and `timm_proj`, which must be null or empty: then timm's own classifier projects.
 * @throws UnsupportedSetting
 */
export function requireClassifier(settings: Settings, pool: string): void {
  requireChoice(settings, 'timm_pool', pool, 'avg');
  if (settings.isNull('timm_proj') || settings.raw('timm_proj') === '') return;
  throw settings.refusal('timm_proj', "Clipscope runs null, for timm's classifier");
}

/** A setting with one supported value; `fallback` is OpenCLIP's default. */
export function requireChoice(settings: Settings, key: string, wanted: string, fallback: string): void {
  if ((settings.raw(key) ?? fallback) === wanted) return;
  throw settings.refusal(key, `Clipscope runs ${wanted}`);
}
