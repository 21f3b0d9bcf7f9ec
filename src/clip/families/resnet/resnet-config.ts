import { Failure } from '../../../core/failure';
import { requireMapRoom } from '../../config/room';
import type { Settings } from '../../config/settings';
import { MOST_LAYERS, requireHeads } from '../../config/transformer-config';
import type { ImageTowerShape, ModelSettings } from '../image-family';

/** OpenCLIP's `ModifiedResNet`: a stem of three convolutions, four stages of bottlenecks and an attention pool. */
export interface ResNetArchitecture extends ImageTowerShape {
  readonly family: 'resnet';
  /** Channels behind the stem; each stage has twice those of the stage before. */
  readonly width: number;
  /** Blocks of each stage. */
  readonly blocks: readonly number[];
  /** Of the attention pool; a divisor of its width. */
  readonly heads: number;
}

/** How many times as wide a block's output is as its inside. */
export const EXPANSION = 4;

/** Pixels per side that become one place of the attention pool. */
export const SIDE = 32;

/** Settings of OpenCLIP's own ViT, and of timm's models. */
const IGNORED = [
  'patch_size',
  'mlp_ratio',
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
  'timm_model_kwargs',
  'timm_pool',
  'timm_proj',
  'timm_proj_bias',
  'timm_drop',
  'timm_drop_path',
];

/** Reads a `vision_cfg` whose `layers` are a list. @throws ConfigUnreadable, UnsupportedSetting */
export function readResNet(settings: Settings, { embedDim }: ModelSettings): ResNetArchitecture | undefined {
  if (settings.name('timm_model_name') !== undefined || !Array.isArray(settings.raw('layers')))
    return undefined;
  settings.harmless(...IGNORED);
  const width = settings.integer('width', 768, 2);
  const heads = Math.floor((width * 8 * EXPANSION) / settings.integer('head_width', 64));
  requireHeads(width * 8 * EXPANSION, heads, 'vision_cfg');
  const imageSize = settings.pair('image_size', 224);
  if (imageSize[0] !== imageSize[1]) throw settings.refusal('image_size', 'a ResNet of OpenCLIP is square');
  const blocks = settings.integers('layers', 4, [], 1, MOST_LAYERS);
  return { family: 'resnet', imageSize, width, blocks, heads, outputDim: embedDim };
}

/** Channels that a stage gives, its blocks' inside, and the side of its feature map. */
export function stageOf(
  { imageSize, width }: ResNetArchitecture,
  stage: number,
): { readonly channels: number; readonly inside: number; readonly side: number } {
  const inside = width * 2 ** stage;
  // The first convolution rounds up, all pools round down.
  const side = Math.floor(Math.ceil(imageSize[0] / 2) / 2 ** (stage + 1));
  return { channels: EXPANSION * inside, inside, side };
}

/** @throws ConfigUnreadable if a picture does not fill whole places, ModelTooLarge if it takes too much memory */
export function requireResNetSize(vision: ResNetArchitecture, room?: number): void {
  const [edge] = vision.imageSize;
  // OpenCLIP counts the attention pool's positions so.
  const places = Math.floor(edge / SIDE);
  if (places < 1 || stageOf(vision, 3).side !== places) {
    throw new Failure('ConfigUnreadable', `vision_cfg.image_size ${edge} does not make places of ${SIDE}.`);
  }
  const half = Math.ceil(edge / 2);
  const maps = vision.blocks.map((_, stage) => {
    const { channels, side } = stageOf(vision, stage);
    return { channels, size: [side, side] as const };
  });
  // onnxruntime lays out nine values for each that a kernel of 3 x 3 reads.
  const stem = { channels: 3 * vision.width, size: [half, half] as const };
  requireMapRoom(vision.imageSize, [stem, ...maps], room);
}
