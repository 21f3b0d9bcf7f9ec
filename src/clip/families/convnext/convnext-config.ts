import { Failure } from '../../../core/failure';
import { requireMapRoom } from '../../config/room';
import type { Settings } from '../../config/settings';
import { IGNORED_BESIDE_TIMM, readTimmKwargs } from '../../config/timm-settings';
import { MOST_LAYERS } from '../../config/transformer-config';
import type { ImageTowerShape, ModelSettings, Size } from '../image-family';
import { readTimmHead, type TimmHead } from '../timm-head';

/** timm's `ConvNeXt`: a stem, then stages of blocks, of which all but the first begin by halving the feature map. */
export interface ConvNextArchitecture extends ImageTowerShape {
  readonly family: 'convnext';
  readonly stages: readonly ConvNextStage[];
  readonly normEpsilon: number;
  readonly head: TimmHead;
}

export interface ConvNextStage {
  readonly channels: number;
  readonly blocks: number;
  /** Side of the blocks' depthwise kernel. */
  readonly kernel: number;
}

/** Pixels per side of the stem's kernel; with another timm halves the first stage too. */
export const PATCH = 4;

/** Pixels per side that become one place of the last stage. */
export const LEAST_SIDE = 8 * PATCH;

interface Preset {
  readonly depths: readonly number[];
  readonly dims: readonly number[];
  readonly normEpsilon?: number;
}

/** As timm 1.0.29 defines them (`timm/models/convnext.py`). */
const PRESETS: Readonly<Record<string, Preset>> = {
  convnext_tiny: { depths: [3, 3, 9, 3], dims: [96, 192, 384, 768] },
  convnext_small: { depths: [3, 3, 27, 3], dims: [96, 192, 384, 768] },
  convnext_base: { depths: [3, 3, 27, 3], dims: [128, 256, 512, 1024] },
  convnext_large: { depths: [3, 3, 27, 3], dims: [192, 384, 768, 1536] },
  convnext_xlarge: { depths: [3, 3, 27, 3], dims: [256, 512, 1024, 2048] },
  convnext_xxlarge: { depths: [3, 4, 30, 3], dims: [384, 768, 1536, 3072], normEpsilon: 1e-5 },
};

/** Side of a depthwise kernel: far above any published. */
const LARGEST_KERNEL = 63;

/** timm's `ConvNeXt`: a preset by name, overridden by `timm_model_kwargs`. @throws ConfigUnreadable, UnsupportedSetting */
export function readConvNext(
  settings: Settings,
  { embedDim }: ModelSettings,
): ConvNextArchitecture | undefined {
  const name = settings.name('timm_model_name');
  if (name === undefined || !Object.hasOwn(PRESETS, name)) return undefined;
  const preset = PRESETS[name]!;
  settings.harmless(...IGNORED_BESIDE_TIMM);
  const { kwargs, imageSize } = readTimmKwargs(settings);
  const depths = kwargs.integers('depths', 4, preset.depths, 1, MOST_LAYERS);
  const dims = kwargs.integers('dims', 4, preset.dims);
  const size = kwargs.raw('kernel_sizes');
  const kernels = Array.isArray(size)
    ? kwargs.integers('kernel_sizes', 4, [], 1, LARGEST_KERNEL)
    : Array<number>(4).fill(kwargs.integer('kernel_sizes', 7, 1, LARGEST_KERNEL));
  if (kernels.some((one) => one % 2 === 0)) throw kwargs.refusal('kernel_sizes', 'Clipscope runs odd ones');
  const normEpsilon = kwargs.positive('norm_eps', preset.normEpsilon ?? 1e-6);
  const usual = { conv_mlp: false, conv_bias: true, use_grn: false, head_norm_first: false };
  for (const [key, value] of Object.entries(usual)) kwargs.only(key, value);
  kwargs.only('stem_type', 'patch');
  kwargs.only('act_layer', 'gelu');
  kwargs.only('output_stride', 32);
  kwargs.only('patch_size', PATCH);
  kwargs.harmless('ls_init_value', 'head_init_scale', 'drop_rate', 'drop_path_rate');
  kwargs.finish();
  const head = readTimmHead(settings, dims[3]!, embedDim);
  return {
    family: 'convnext',
    imageSize,
    stages: dims.map((channels, at) => ({ channels, blocks: depths[at]!, kernel: kernels[at]! })),
    normEpsilon,
    head,
    outputDim: head.outputDim,
  };
}

/** Rows and columns of a stage's feature map: what does not fill a kernel is dropped. */
export function stageGrid({ imageSize: [height, width] }: ConvNextArchitecture, stage: number): Size {
  const side = PATCH * 2 ** stage;
  return [Math.floor(height / side), Math.floor(width / side)];
}

/** @throws ConfigUnreadable if a picture is too small, ModelTooLarge if it takes more memory than there is */
export function requireConvNextSize(vision: ConvNextArchitecture, room?: number): void {
  if (vision.imageSize.some((edge) => edge < LEAST_SIDE)) {
    const size = vision.imageSize.join(' x ');
    const least = `${LEAST_SIDE} x ${LEAST_SIDE}`;
    throw new Failure('ConfigUnreadable', `vision_cfg.image_size ${size} is smaller than ${least}.`);
  }
  const maps = vision.stages.map(({ channels, kernel }, stage) => {
    // The hidden layer of its MLP is four times as wide.
    return { channels: 4 * channels, size: stageGrid(vision, stage), kernel };
  });
  requireMapRoom(vision.imageSize, maps, room);
}
