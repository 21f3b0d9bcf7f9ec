import { requirePatches, type PatchedPictures } from '../../config/patches';
import type { Settings } from '../../config/settings';
import { IGNORED_BESIDE_TIMM, readTimmKwargs, requireChoice } from '../../config/timm-settings';
import type { ImageTowerShape, ModelSettings } from '../image-family';
import {
  CLIP_NORM_EPSILON,
  CLIP_PRESETS,
  SIGLIP_NORM_EPSILON,
  SIGLIP_PRESETS,
  type TimmPreset,
} from './timm-presets';
import {
  MOST_LAYERS,
  mlpWidth,
  readTransformer,
  requireHeads,
  type TransformerArchitecture,
} from '../../config/transformer-config';

/** A plain ViT. */
export interface VitStack extends TransformerArchitecture, ImageTowerShape, PatchedPictures {
  /** A layer norm before the first block. */
  readonly preNorm: boolean;
  /**
   * `tok` and `avg`: with a class token and a final projection. `map`: timm's SigLIP tower, with a bias in the patch
   * convolution and an attention pool in place of class token and projection.
   */
  readonly pool: 'tok' | 'avg' | 'map';
  readonly finalNormAfterPool: boolean;
  /** Of a CoCa: before `pool`, which then reads queries in place of tokens. */
  readonly attentionalPool?: { readonly queries: number; readonly heads: number };
  /** Whether it is timm's: its tensors have other names, and its projection, if there is one, a bias. */
  readonly timm: boolean;
}

/** A ViT, OpenCLIP's own or timm's. */
export interface VitArchitecture extends VitStack {
  readonly family: 'vit';
}

/** Number of tokens before the patches: 1 for a class token, else 0. */
export function prefixTokens({ pool }: Pick<VitStack, 'pool'>): 0 | 1 {
  return pool === 'map' ? 0 : 1;
}

/** As `ImageFamily.requireSize`. */
export function requireImageSize(vision: VitStack, room?: number): void {
  requirePatches(vision, prefixTokens(vision), room);
}

/** Reads `vision_cfg`. @throws ConfigUnreadable, UnsupportedSetting */
export function readVit(
  settings: Settings,
  { embedDim, quickGelu }: ModelSettings,
): VitArchitecture | undefined {
  const timm = settings.name('timm_model_name');
  // A list is of a ResNet's.
  if (timm === undefined && Array.isArray(settings.raw('layers'))) return undefined;
  return timm === undefined
    ? readOpenClip(settings, embedDim, quickGelu)
    : readTimm(settings, timm, embedDim);
}

/** OpenCLIP's `VisionTransformer`. Defaults are those of its `CLIPVisionCfg`. */
function readOpenClip(settings: Settings, outputDim: number, quickGelu: boolean): VitArchitecture {
  settings.only('attentional_pool', true, false);
  const isAttentional = settings.raw('attentional_pool') === true;
  const attentionalPool = {
    queries: settings.integer('attn_pooler_queries', 256),
    heads: settings.integer('attn_pooler_heads', 8),
  };
  if (isAttentional) requireHeads(outputDim, attentionalPool.heads, 'vision_cfg');
  settings.only('pos_embed_type', 'learnable');
  settings.harmless('patch_dropout', 'output_tokens');
  settings.harmless('timm_model_pretrained', 'timm_model_kwargs', 'timm_pool', 'timm_proj', 'timm_proj_bias');
  settings.harmless('timm_drop', 'timm_drop_path');
  const width = settings.integer('width', 768);
  const headWidth = settings.integer('head_width', 64);
  return {
    family: 'vit',
    ...readTransformer(settings, width, Math.floor(width / headWidth), quickGelu, 'vision_cfg'),
    imageSize: settings.pair('image_size', 224),
    patchSize: settings.pair('patch_size', 16),
    preNorm: !settings.flag('no_ln_pre'),
    pool: settings.choice('pool_type', ['tok', 'avg']),
    finalNormAfterPool: settings.flag('final_ln_after_pool'),
    ...(isAttentional && { attentionalPool }),
    timm: false,
    outputDim,
  };
}

/** timm's `VisionTransformer`: a preset by name, overridden by `timm_model_kwargs`. */
function readTimm(settings: Settings, name: string, embedDim: number): VitArchitecture | undefined {
  const siglip = SIGLIP_PRESETS.find((one) => one.name === name);
  const preset = siglip ?? CLIP_PRESETS.find((one) => one.name === name);
  if (preset === undefined) return undefined;
  settings.harmless(...IGNORED_BESIDE_TIMM);
  if (siglip) {
    requireChoice(settings, 'timm_pool', 'map', 'avg');
    requireChoice(settings, 'timm_proj', 'none', 'linear');
    return { ...readTimmVit(readTimmKwargs(settings), preset), ...VIT, ...SIGLIP };
  }
  requireChoice(settings, 'timm_pool', 'token', 'avg');
  // Absent or empty: timm's own head projects.
  if (settings.name('timm_proj') !== undefined) throw settings.refusal('timm_proj');
  return { ...readTimmVit(readTimmKwargs(settings), preset), ...VIT, ...CLIP, outputDim: embedDim };
}

const VIT = { family: 'vit' } as const;
const TIMM = { layerScale: false, finalNormAfterPool: false, timm: true } as const;
/** SigLIP's form. */
export const SIGLIP = { ...TIMM, preNorm: false, pool: 'map', normEpsilon: SIGLIP_NORM_EPSILON } as const;
const CLIP = { ...TIMM, preNorm: true, pool: 'tok', normEpsilon: CLIP_NORM_EPSILON } as const;

/** The sizes of a preset, with what `timm_model_kwargs` changes; its output is as wide as its tokens. */
export function readTimmVit(
  { kwargs, path, imageSize }: ReturnType<typeof readTimmKwargs>,
  preset: TimmPreset<VitStack['activation']>,
): Pick<
  VitStack,
  'width' | 'heads' | 'layers' | 'mlpWidth' | 'activation' | 'imageSize' | 'patchSize' | 'outputDim'
> {
  const width = kwargs.integer('embed_dim', preset.width);
  const heads = kwargs.integer('num_heads', preset.heads);
  requireHeads(width, heads, path);
  const sizes = {
    width,
    heads,
    layers: kwargs.integer('depth', preset.layers, 1, MOST_LAYERS),
    mlpWidth: mlpWidth(width, kwargs.positive('mlp_ratio', preset.mlpRatio), path),
    activation: preset.activation,
    imageSize,
    patchSize: kwargs.pair('patch_size', preset.patchSize),
    outputDim: width,
  };
  kwargs.finish();
  return sizes;
}
