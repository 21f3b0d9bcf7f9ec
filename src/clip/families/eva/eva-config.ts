import { Failure } from '../../../core/failure';
import { requirePatches, type PatchedPictures } from '../../config/patches';
import type { Settings } from '../../config/settings';
import { IGNORED_BESIDE_TIMM, readTimmKwargs, requireChoice } from '../../config/timm-settings';
import { MOST_LAYERS, mlpWidth, requireHeads } from '../../config/transformer-config';
import type { Rope } from '../../graph/rope';
import type { ImageTowerShape, ModelSettings } from '../image-family';
import { EVA_PRESETS, type EvaForm, type EvaPreset } from './eva-presets';

/** timm's `Eva`: EVA01, EVA02 and the Perception Encoder. */
export interface EvaArchitecture extends ImageTowerShape, PatchedPictures {
  readonly family: 'eva';
  readonly form: EvaForm;
  readonly width: number;
  readonly layers: number;
  /** A divisor of `width`. */
  readonly heads: number;
  readonly mlpWidth: number;
  readonly normEpsilon: number;
  readonly classToken: boolean;
  readonly rope?: Rope;
  /** A MAP head; absent: the first token is read. */
  readonly pool?: { readonly heads: number; readonly mlpWidth: number };
}

/** Number of tokens before the patches. */
export function prefixTokens({ classToken }: Pick<EvaArchitecture, 'classToken'>): 0 | 1 {
  return classToken ? 1 : 0;
}

/** As `ImageFamily.requireSize`. */
export function requireImageSize(vision: EvaArchitecture, room?: number): void {
  requirePatches(vision, prefixTokens(vision), room);
}

/** Reads `vision_cfg`: a preset by name, overridden by `timm_model_kwargs`. @throws ConfigUnreadable, UnsupportedSetting */
export function readEva(settings: Settings, { embedDim }: ModelSettings): EvaArchitecture | undefined {
  const name = settings.name('timm_model_name');
  if (name === undefined || !Object.hasOwn(EVA_PRESETS, name)) return undefined;
  const preset = EVA_PRESETS[name]!;
  settings.harmless(...IGNORED_BESIDE_TIMM);
  requireChoice(settings, 'timm_pool', preset.pool ? 'map' : 'token', 'avg');
  // Absent or empty: timm's own head projects.
  if (settings.name('timm_proj') !== undefined) throw settings.refusal('timm_proj');
  const { kwargs, path, imageSize } = readTimmKwargs(settings);
  const width = kwargs.integer('embed_dim', preset.width);
  const heads = kwargs.integer('num_heads', preset.heads);
  requireHeads(width, heads, path);
  const ratio = kwargs.positive('mlp_ratio', preset.mlpRatio);
  const rope = preset.rope && readRope(kwargs, preset.rope, width / heads, path);
  const pool = preset.pool && readPool(kwargs, preset.pool, width, path);
  const vision: EvaArchitecture = {
    family: 'eva',
    form: preset.form,
    width,
    heads,
    layers: kwargs.integer('depth', preset.layers, 1, MOST_LAYERS),
    mlpWidth: mlpWidth(width, ratio, path),
    normEpsilon: preset.normEpsilon,
    classToken: kwargs.flag('class_token', preset.classToken),
    imageSize,
    patchSize: kwargs.pair('patch_size', preset.patchSize),
    ...(rope && { rope }),
    ...(pool && { pool }),
    outputDim: embedDim,
  };
  kwargs.finish();
  return vision;
}

function readRope(kwargs: Settings, preset: Rope, headWidth: number, path: string): Rope {
  if (headWidth % 4 !== 0) {
    throw new Failure(
      'ConfigUnreadable',
      `${path}: heads ${headWidth} wide cannot be turned by rows and columns.`,
    );
  }
  return {
    ...preset,
    reference: kwargs.has('ref_feat_shape') ? kwargs.pair('ref_feat_shape') : preset.reference,
  };
}

function readPool(
  kwargs: Settings,
  preset: NonNullable<EvaPreset['pool']>,
  width: number,
  path: string,
): NonNullable<EvaArchitecture['pool']> {
  const heads = kwargs.integer('attn_pool_num_heads', preset.heads);
  requireHeads(width, heads, path);
  return { heads, mlpWidth: mlpWidth(width, kwargs.positive('attn_pool_mlp_ratio', preset.mlpRatio), path) };
}
