/** The settings implied by a timm model's name, and by nothing else in a checkpoint. */
export interface TimmPreset<Activation = 'gelu' | 'gelu-tanh'> {
  readonly name: string;
  /** Pixels per side. */
  readonly patchSize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly activation: Activation;
}

type Size = Pick<TimmPreset, 'width' | 'layers' | 'heads' | 'mlpRatio'>;

const BASE: Size = { width: 768, layers: 12, heads: 12, mlpRatio: 4 };
const LARGE: Size = { width: 1024, layers: 24, heads: 16, mlpRatio: 4 };
const SO400M: Size = { width: 1152, layers: 27, heads: 16, mlpRatio: 3.7362 };
const HUGE: Size = { width: 1280, layers: 32, heads: 16, mlpRatio: 4 };
const GIANT_CLIP: Size = { width: 1408, layers: 40, heads: 16, mlpRatio: 48 / 11 };
const GIGANTIC: Size = { width: 1664, layers: 48, heads: 16, mlpRatio: 64 / 13 };
const GIANT: Size = { width: 1536, layers: 40, heads: 16, mlpRatio: 4 };

/** SigLIP's towers with MAP pooling, as timm 1.0.29 defines them (`timm/models/vision_transformer.py`). */
export const SIGLIP_PRESETS: readonly TimmPreset[] = [
  siglip('base', 16, [224, 256, 384, 512], BASE, 'gelu'),
  siglip('base', 32, [256], BASE, 'gelu-tanh'),
  siglip('large', 16, [256, 384], LARGE, 'gelu'),
  siglip('large', 16, [512], LARGE, 'gelu-tanh'),
  siglip('so400m', 14, [224, 378, 384], SO400M, 'gelu'),
  siglip('so400m', 16, [256, 384, 512], SO400M, 'gelu-tanh'),
  siglip('giantopt', 16, [256, 384], GIANT, 'gelu-tanh'),
].flat();

/** SigLIP 2's towers for pictures of any form (`timm/models/naflexvit.py`). */
export const NAFLEX_PRESETS: readonly TimmPreset[] = [
  { name: 'naflexvit_base_patch16_siglip', ...BASE, patchSize: 16, activation: 'gelu-tanh' },
  { name: 'naflexvit_so400m_patch16_siglip', ...SO400M, patchSize: 16, activation: 'gelu-tanh' },
];

/** LayerNorm's eps in all of SigLIP's. */
export const SIGLIP_NORM_EPSILON = 1e-6;

type ClipPreset = TimmPreset<'gelu' | 'quick-gelu'>;

/** timm's plain ViTs in CLIP's form, with a class token, a norm before the blocks and a head with a bias. */
export const CLIP_PRESETS: readonly ClipPreset[] = [
  clip('base', 32, BASE, [224, 256, 384, 448], [224]),
  clip('base', 16, BASE, [224, 384], [224]),
  clip('large', 14, LARGE, [224, 336], [224, 336]),
  clip('huge', 14, HUGE, [224, 336, 378], [224, 378]),
  clip('giant', 14, GIANT_CLIP, [224], []),
  clip('gigantic', 14, GIGANTIC, [224, 378], [224]),
].flat();

/** LayerNorm's eps in all of these. */
export const CLIP_NORM_EPSILON = 1e-5;

function siglip(
  size: string,
  patchSize: number,
  imageSizes: readonly number[],
  shape: Size,
  activation: TimmPreset['activation'],
): TimmPreset[] {
  return imageSizes.map((imageSize) => ({
    name: `vit_${size}_patch${patchSize}_siglip_${imageSize}`,
    ...shape,
    patchSize,
    activation,
  }));
}

/** @param sizes pixels per side of those with GELU, then of those with QuickGELU */
function clip(
  name: string,
  patchSize: number,
  shape: Size,
  ...sizes: readonly [gelu: readonly number[], quickGelu: readonly number[]]
): ClipPreset[] {
  return (['gelu', 'quick-gelu'] as const).flatMap((activation, kind) =>
    (sizes[kind] ?? []).map((size) => ({
      name: `vit_${name}_patch${patchSize}_clip_${activation === 'gelu' ? '' : 'quickgelu_'}${size}`,
      ...shape,
      patchSize,
      activation,
    })),
  );
}
