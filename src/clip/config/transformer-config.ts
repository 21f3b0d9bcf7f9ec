import { Failure } from '../../core/failure';
import { Settings } from './settings';

/** A stack of pre-norm residual attention blocks, OpenCLIP's `Transformer`. */
export interface TransformerArchitecture {
  readonly width: number;
  readonly layers: number;
  /** A divisor of `width`; each head is `width / heads` wide. */
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: 'gelu' | 'gelu-tanh' | 'quick-gelu';
  /** LayerScale after attention and after the MLP. */
  readonly layerScale: boolean;
  readonly normEpsilon: number;
}

/** Far above any published model: a damaged config must not request a graph that exhausts memory. */
export const MOST_LAYERS = 1_000;

/** Settings that make OpenCLIP build custom blocks. */
const CUSTOM_BLOCKS = [
  'qk_norm',
  'scaled_cosine_attn',
  'scale_heads',
  'scale_attn_inner',
  'scale_attn',
  'scale_fc',
];

/**
 * The settings shared by `vision_cfg` and `text_cfg`; `path` is the name of the one being read.
 * @throws ConfigUnreadable, UnsupportedSetting
 */
export function readTransformer(
  settings: Settings,
  width: number,
  heads: number,
  quickGelu: boolean,
  path: string,
): TransformerArchitecture {
  requireHeads(width, heads, path);
  settings.only('block_type', 'default');
  for (const custom of CUSTOM_BLOCKS) settings.only(custom, false);
  const layerScale = settings.has('ls_init_value');
  settings.harmless('ls_init_value');
  return {
    width,
    heads,
    layers: settings.integer('layers', 12, 1, MOST_LAYERS),
    mlpWidth: mlpWidth(width, settings.positive('mlp_ratio', 4), path),
    activation: readActivation(settings, quickGelu, path),
    layerScale,
    normEpsilon: readNormEpsilon(settings, path),
  };
}

/** @throws ConfigUnreadable if `heads` does not divide `width` */
export function requireHeads(width: number, heads: number, path: string): void {
  if (heads < 1 || width % heads !== 0) {
    throw new Failure('ConfigUnreadable', `${path}: width ${width} cannot be shared by ${heads} heads.`);
  }
}

/** OpenCLIP and timm truncate: `int(width * mlp_ratio)`. @throws ConfigUnreadable if that is 0 */
export function mlpWidth(width: number, ratio: number, path: string): number {
  const product = Math.trunc(width * ratio);
  if (product < 1) throw new Failure('ConfigUnreadable', `${path}: mlp_ratio ${ratio} leaves an empty MLP.`);
  return product;
}

/** `quick_gelu` takes no keywords; PyTorch's GELU takes `approximate`. */
function readActivation(
  settings: Settings,
  quickGelu: boolean,
  path: string,
): TransformerArchitecture['activation'] {
  const raw = settings.raw('act_kwargs');
  if (raw === undefined) return quickGelu ? 'quick-gelu' : 'gelu';
  const kwargs = new Settings(raw, `${path}.act_kwargs`);
  if (quickGelu) {
    kwargs.finish();
    return 'quick-gelu';
  }
  const approximate = kwargs.choice('approximate', ['none', 'tanh']);
  kwargs.finish();
  return approximate === 'tanh' ? 'gelu-tanh' : 'gelu';
}

/** PyTorch's LayerNorm has eps 1e-5 unless `norm_kwargs` says otherwise. */
function readNormEpsilon(settings: Settings, path: string): number {
  const kwargs = new Settings(settings.raw('norm_kwargs') ?? {}, `${path}.norm_kwargs`);
  const epsilon = kwargs.positive('eps', 1e-5);
  kwargs.only('elementwise_affine', true);
  kwargs.only('bias', true);
  kwargs.finish();
  return epsilon;
}
