import { Failure } from '../../../core/failure';
import { requireInputRoom, requireMapRoom } from '../../config/room';
import { Settings } from '../../config/settings';
import { IGNORED_BESIDE_TIMM, readTimmKwargs } from '../../config/timm-settings';
import { MOST_LAYERS, mlpWidth, requireHeads } from '../../config/transformer-config';
import type { ImageTowerShape, ModelSettings, Size } from '../image-family';
import { readTimmHead, type TimmHead } from '../timm-head';

/** timm's `ViTamin`: a stem and two stages of convolutions, then a ViT with gated MLPs on their map. */
export interface VitaminArchitecture extends ImageTowerShape {
  readonly family: 'vitamin';
  readonly stemWidth: number;
  readonly stages: readonly { readonly channels: number; readonly blocks: number }[];
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly positions: boolean;
  readonly head: TimmHead;
}

/** Of all its norms. */
export const NORM_EPSILON = 1e-6;

interface Preset {
  readonly stem: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly sizes: readonly number[];
  readonly positions?: false;
}

const LARGE: Preset = { stem: 160, width: 1024, layers: 31, heads: 16, sizes: [224, 256, 336, 384] };

/** As timm 1.0.29 defines them (`timm/models/vitamin.py`): the stages are as wide as the stem, and twice. */
const PRESETS: Readonly<Record<string, Preset>> = {
  small: { stem: 64, width: 384, layers: 14, heads: 6, sizes: [224] },
  base: { stem: 128, width: 768, layers: 14, heads: 12, sizes: [224] },
  large: LARGE,
  large2: LARGE,
  xlarge: { stem: 192, width: 1152, layers: 32, heads: 16, sizes: [256, 336, 384], positions: false },
};

/** timm's `ViTamin`: a preset by name, overridden by `timm_model_kwargs`. @throws ConfigUnreadable, UnsupportedSetting */
export function readVitamin(
  settings: Settings,
  { embedDim }: ModelSettings,
): VitaminArchitecture | undefined {
  const name = settings.name('timm_model_name');
  const entry = Object.entries(PRESETS).find(([kind, { sizes }]) =>
    sizes.some((size) => name === `vitamin_${kind}_${size}`),
  );
  if (entry === undefined) return undefined;
  const [, preset] = entry;
  settings.harmless(...IGNORED_BESIDE_TIMM);
  const { kwargs, path, imageSize } = readTimmKwargs(settings);
  const width = kwargs.integer('embed_dim', preset.width);
  const heads = kwargs.integer('num_heads', preset.heads);
  requireHeads(width, heads, path);
  const cfg = new Settings(kwargs.raw('embed_cfg') ?? {}, `${path}.embed_cfg`);
  const dims = cfg.integers('embed_dim', 3, [preset.stem, 2 * preset.stem, width]);
  // timm has a third depth and makes nothing of it.
  const depths = cfg.integers('depths', 3, [2, 4, 1], 1, MOST_LAYERS);
  const stemWidth = cfg.integer('stem_width', preset.stem);
  cfg.finish();
  if (dims[2] !== width) {
    const wrong = `${path}.embed_cfg.embed_dim ends with ${dims[2]}, and the ViT behind it is ${width} wide.`;
    throw new Failure('ConfigUnreadable', wrong);
  }
  const layers = kwargs.integer('depth', preset.layers, 1, MOST_LAYERS);
  const inside = mlpWidth(width, kwargs.positive('mlp_ratio', 2), path);
  const positions = kwargs.has('pos_embed')
    ? kwargs.choice('pos_embed', ['learn', 'none']) === 'learn'
    : preset.positions !== false;
  kwargs.finish();
  const head = readTimmHead(settings, width, embedDim);
  return {
    family: 'vitamin',
    imageSize,
    stemWidth,
    stages: [0, 1].map((stage) => ({ channels: dims[stage]!, blocks: depths[stage]! })),
    width,
    layers,
    heads,
    mlpWidth: inside,
    positions,
    head,
    outputDim: head.outputDim,
  };
}

/** Rows and columns once a map was halved `times`: the stem does it once, and each stage, and what follows. */
export function gridAfter({ imageSize: [height, width] }: VitaminArchitecture, times: number): Size {
  return [Math.ceil(height / 2 ** times), Math.ceil(width / 2 ** times)];
}

/** Pixels per side of a token. */
export const SIDE = 16;

/** Tokens of a picture, `[down, across]`. */
export function tokenGrid(vision: VitaminArchitecture): Size {
  return gridAfter(vision, 4);
}

/** Channels inside a block of convolutions: four times its own, to the next multiple of 8. */
export function insideOf(channels: number): number {
  return Math.ceil((4 * channels) / 8) * 8;
}

/** @throws ModelTooLarge if a picture takes more memory than there is */
export function requireVitaminSize(vision: VitaminArchitecture, room?: number): void {
  const { imageSize, stages } = vision;
  const maps = stages.map(({ channels }, stage) => {
    return { channels: insideOf(channels), size: gridAfter(vision, stage + 1), kernel: 3 };
  });
  requireMapRoom(imageSize, maps, room);
  const [down, across] = tokenGrid(vision);
  const input = { ...vision, tokens: down * across, pixels: imageSize[0] * imageSize[1] };
  requireInputRoom(`Pictures of ${imageSize.join(' x ')} pixels`, input, room);
}
