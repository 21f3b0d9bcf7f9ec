import { Failure } from '../../../core/failure';
import { requireInputRoom, requireMapRoom } from '../../config/room';
import type { Settings } from '../../config/settings';
import { IGNORED_BESIDE_TIMM, readTimmKwargs } from '../../config/timm-settings';
import { MOST_LAYERS, mlpWidth } from '../../config/transformer-config';
import type { ImageTowerShape, ModelSettings, Size } from '../image-family';
import { readTimmHead, type TimmHead } from '../timm-head';

/** timm's `FastVit`, of MobileCLIP: a stem, stages of blocks, and a last convolution before the pool. */
export interface FastVitArchitecture extends ImageTowerShape {
  readonly family: 'fastvit';
  /** Whether the stem was trained with a branch that scales. */
  readonly scalesStem: boolean;
  readonly stages: readonly FastVitStage[];
  /** Whether a stage that halves the map ends its large kernel with an activation. */
  readonly halvingActivation: boolean;
  /** Channels of the last convolution. */
  readonly finalWidth: number;
  readonly head: TimmHead;
}

export interface FastVitStage {
  readonly channels: number;
  readonly blocks: number;
  readonly mlpWidth: number;
  readonly mixer: 'convolution' | 'attention';
  /** The norm before attention. */
  readonly norm: 'batch' | 'layer';
  /** Whether the stage begins by halving the map; all but the first do. */
  readonly halves: boolean;
  /** Whether that squeezes and excites. */
  readonly squeezes: boolean;
}

/** Width of an attention head, whatever the stage's. */
export const HEAD_WIDTH = 32;

/** PyTorch's default, and that of the norms over channels here. */
export const NORM_EPSILON = 1e-5;

interface Preset {
  readonly layers: readonly number[];
  readonly dims: readonly number[];
  readonly mlpRatio: number;
  readonly squeezes: readonly boolean[];
  readonly norm: FastVitStage['norm'];
  readonly scalesStem: boolean;
  /** Stages of attention, the last. */
  readonly attention: number;
}

const FOUR = { mlpRatio: 3, squeezes: [false, false, true, true], norm: 'batch', attention: 1 } as const;
const FIVE = { mlpRatio: 4, squeezes: Array<boolean>(5).fill(false), norm: 'layer', attention: 2 } as const;

/** As timm 1.0.29 defines them (`timm/models/fastvit.py`). */
const PRESETS: Readonly<Record<string, Preset>> = {
  fastvit_mci0: { ...FOUR, layers: [2, 6, 10, 2], dims: [64, 128, 256, 512], scalesStem: true },
  fastvit_mci1: { ...FOUR, layers: [4, 12, 20, 4], dims: [64, 128, 256, 512], scalesStem: true },
  fastvit_mci2: { ...FOUR, layers: [4, 12, 24, 4], dims: [80, 160, 320, 640], scalesStem: true },
  fastvit_mci3: { ...FIVE, layers: [2, 12, 24, 4, 2], dims: [96, 192, 384, 768, 1536], scalesStem: false },
  fastvit_mci4: { ...FIVE, layers: [2, 12, 24, 4, 4], dims: [128, 256, 512, 1024, 2048], scalesStem: false },
};

/** timm's `FastVit`: a preset by name, overridden by `timm_model_kwargs`. @throws ConfigUnreadable, UnsupportedSetting */
export function readFastVit(
  settings: Settings,
  { embedDim }: ModelSettings,
): FastVitArchitecture | undefined {
  const name = settings.name('timm_model_name');
  if (name === undefined || !Object.hasOwn(PRESETS, name)) return undefined;
  const preset = PRESETS[name]!;
  settings.harmless(...IGNORED_BESIDE_TIMM);
  const { kwargs, path, imageSize } = readTimmKwargs(settings);
  const count = preset.dims.length;
  const dims = kwargs.integers('embed_dims', count, preset.dims);
  const layers = kwargs.integers('layers', count, preset.layers, 1, MOST_LAYERS);
  const ratios = kwargs.positives('mlp_ratios', count, Array<number>(count).fill(preset.mlpRatio));
  const squeezes = kwargs.flags('se_downsamples', count, preset.squeezes);
  const stages = dims.map((channels, at): FastVitStage => {
    const mixer = at < count - preset.attention ? 'convolution' : 'attention';
    requireChannels(channels, dims[at - 1] ?? 1, path);
    if (mixer === 'attention') requireChannels(channels, HEAD_WIDTH, path);
    return {
      channels,
      blocks: layers[at]!,
      mlpWidth: mlpWidth(channels, ratios[at]!, path),
      mixer,
      norm: preset.norm,
      halves: at > 0,
      squeezes: squeezes[at]!,
    };
  });
  const last = dims.at(-1)!;
  const finalWidth = mlpWidth(last, kwargs.positive('cls_ratio', 2), path);
  requireChannels(finalWidth, last, path);
  if (finalWidth === last) throw kwargs.refusal('cls_ratio', 'Clipscope runs those that widen');
  kwargs.only('repmixer_kernel_size', 3);
  kwargs.only('down_patch_size', 7);
  kwargs.only('down_stride', 2);
  kwargs.only('fork_feat', false);
  // Its tensors tell whether a checkpoint was folded for inference.
  kwargs.harmless(
    'inference_mode',
    'layer_scale_init_value',
    'drop_rate',
    'proj_drop_rate',
    'drop_path_rate',
  );
  const scalesStem = kwargs.flag('stem_use_scale_branch', preset.scalesStem);
  const halvingActivation = kwargs.flag('lkc_use_act', true);
  kwargs.finish();
  const head = readTimmHead(settings, finalWidth, embedDim);
  return {
    family: 'fastvit',
    imageSize,
    scalesStem,
    stages,
    halvingActivation,
    finalWidth,
    head,
    outputDim: head.outputDim,
  };
}

/** @throws ConfigUnreadable if `channels` is no multiple of `of` */
function requireChannels(channels: number, of: number, path: string): void {
  if (channels % of === 0) return;
  throw new Failure('ConfigUnreadable', `${path}: ${channels} channels cannot be shared by groups of ${of}.`);
}

/** Rows and columns of a stage's feature map: what does not fill a kernel is padded. */
export function stageGrid({ imageSize: [height, width] }: FastVitArchitecture, stage: number): Size {
  const side = STEM_SIDE * 2 ** stage;
  return [Math.ceil(height / side), Math.ceil(width / side)];
}

/** Pixels per side that the stem makes one place of. */
const STEM_SIDE = 4;

/** Pixels per side that become one place of the last stage. */
export function lastSide({ stages }: FastVitArchitecture): number {
  return STEM_SIDE * 2 ** (stages.length - 1);
}

/** @throws ModelTooLarge if a picture takes more memory than there is */
export function requireFastVitSize(vision: FastVitArchitecture, room?: number): void {
  const { imageSize, stages } = vision;
  const pixels = imageSize[0] * imageSize[1];
  for (const [at, { mixer, channels: width, mlpWidth }] of stages.entries()) {
    const size = stageGrid(vision, at);
    requireMapRoom(imageSize, [{ channels: Math.max(width, mlpWidth), size, kernel: 7 }], room);
    if (mixer === 'convolution') continue;
    const input = { tokens: size[0] * size[1], width, heads: width / HEAD_WIDTH, mlpWidth, pixels };
    requireInputRoom(`Pictures of ${imageSize.join(' x ')} pixels`, input, room);
  }
  // The stem's first convolution, whose map is twice as large as the first stage's.
  const half = imageSize.map((edge) => Math.ceil(edge / 2)) as [number, number];
  requireMapRoom(imageSize, [{ channels: stages[0]!.channels, size: half, kernel: 3 }], room);
}
