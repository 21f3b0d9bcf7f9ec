/** The settings implied by a timm model's name, and by nothing else in a checkpoint. */
export interface TimmPreset {
  readonly name: string;
  /** Pixels per side. */
  readonly patchSize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly activation: 'gelu' | 'gelu-tanh';
}

type Size = Pick<TimmPreset, 'width' | 'layers' | 'heads' | 'mlpRatio'>;

const BASE: Size = { width: 768, layers: 12, heads: 12, mlpRatio: 4 };
const LARGE: Size = { width: 1024, layers: 24, heads: 16, mlpRatio: 4 };
const SO400M: Size = { width: 1152, layers: 27, heads: 16, mlpRatio: 3.7362 };
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

/** LayerNorm's eps in all of them. */
export const SIGLIP_NORM_EPSILON = 1e-6;

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
