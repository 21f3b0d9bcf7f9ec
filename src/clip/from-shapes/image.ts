import { askHeads, wholeNumber, type Choices, type Interview } from './interview';
import { mlpRatio, type ImageShape, type ResNetShape } from './shapes';
import { SIGLIP_PRESETS, type TimmPreset } from '../families/vit/timm-presets';
import { mlpWidth } from '../config/transformer-config';
import { EXPANSION, SIDE } from '../families/resnet/resnet-config';

type Size = readonly [height: number, width: number];
type Json = Readonly<Record<string, unknown>>;

/** Published image towers whose heads are not 64 wide, by width. */
const HEAD_WIDTHS: ReadonlyMap<number, number> = new Map([
  [1152, 72],
  [1280, 80],
  [1408, 88],
  [1536, 96],
  [1664, 104],
  [1792, 112],
]);

/** Heads of the attentional pooler where its width can be shared by them: those of both published CoCas. */
const COCA_HEADS = 8;

/** Maximum number of grids to offer for a patch count that is not square. */
const MOST_GRIDS = 12;

/** `vision_cfg` of OpenCLIP's own tower. @throws ArchitectureUnclear for an invalid answer */
export function openClipConfig(image: ImageShape, tanh: boolean, interview: Interview): Json {
  const { width, layers, patchSize } = image;
  const imageSize = askImageSize(image, interview);
  const pool = askPool(image, interview);
  const heads = askHeads(interview, 'imageHeads', width, HEAD_WIDTHS);
  return {
    image_size: pixels(imageSize),
    ...attentionalPoolConfig(image, interview),
    layers,
    width,
    head_width: width / heads,
    ...(image.mlpWidth === 4 * width ? {} : { mlp_ratio: mlpRatio(image) }),
    patch_size: pixels(patchSize),
    ...(image.layerScale ? { ls_init_value: 1e-4 } : {}),
    ...(image.preNorm ? {} : { no_ln_pre: true }),
    ...(pool === 'tok' ? {} : { pool_type: 'avg' }),
    ...(pool === 'avg-norm' ? { final_ln_after_pool: true } : {}),
    ...(tanh ? { act_kwargs: { approximate: 'tanh' } } : {}),
  };
}

function attentionalPoolConfig({ attentionalPool: pool }: ImageShape, interview: Interview): Json {
  if (pool === undefined) return {};
  const usual = pool.width % COCA_HEADS === 0 ? [[pool.width, pool.width / COCA_HEADS] as const] : [];
  return {
    attentional_pool: true,
    ...(pool.queries === 256 ? {} : { attn_pooler_queries: pool.queries }),
    attn_pooler_heads: askHeads(interview, 'poolHeads', pool.width, new Map(usual)),
  };
}

/** `vision_cfg` of OpenAI's ResNet, whose pictures fill whole places. @throws ArchitectureUnclear for an invalid answer */
export function resNetConfig({ width, blocks, side }: ResNetShape, interview: Interview): Json {
  const channels = 8 * EXPANSION * width;
  const heads = askHeads(interview, 'imageHeads', channels, HEAD_WIDTHS_OF_RESNETS);
  return {
    image_size: side * SIDE,
    layers: blocks,
    width,
    head_width: channels / heads,
    patch_size: null,
  };
}

/** All published ones have heads of 64. */
const HEAD_WIDTHS_OF_RESNETS: ReadonlyMap<number, number> = new Map();

/** Why the class token has one choice: the norm acts on each token separately, so its order does not matter. */
function askPool({ preNorm }: ImageShape, interview: Interview): 'tok' | 'avg-norm' | 'norm-avg' {
  const choices = [
    ['tok', 'The class token (CLIP)'],
    ['avg-norm', 'Average over patches, then the norm (CLIPA)'],
    ['norm-avg', 'The norm, then average over patches'],
  ] as const;
  return interview.choose('imagePool', 'Pooling of pictures', choices, preNorm ? 'tok' : 'avg-norm');
}

/** timm's presets with these shapes, including the image size. */
export function siglipPresets(image: ImageShape): readonly TimmPreset[] {
  return kindred(image).filter(({ name, patchSize }) => {
    return Math.floor(sideOf(name) / patchSize) ** 2 === image.patches;
  });
}

/**
 * `vision_cfg` of SigLIP's tower: the timm preset that fits, else the closest, with the differences in
 * `timm_model_kwargs`. Why only then: OpenCLIP does not support these up to 3.3.
 * @throws ArchitectureUnclear for an invalid answer
 */
export function siglipConfig(image: ImageShape, isSiglip2: boolean, interview: Interview): Json {
  const exact = siglipPresets(image);
  if (exact.length > 0) {
    const name = askPreset(exact, isSiglip2, interview);
    return timmConfig([sideOf(name), sideOf(name)], name);
  }
  const kin = kindred(image);
  const activation = askActivation(kin.length > 0 ? kin : SIGLIP_PRESETS, interview);
  const imageSize = askImageSize(image, interview);
  const heads = kin[0]?.heads ?? askHeads(interview, 'imageHeads', image.width, HEAD_WIDTHS);
  return closestSiglip({ ...image, imageSize, heads, activation });
}

/** What tells SigLIP's image towers from one another. */
export interface SiglipTower extends Pick<ImageShape, 'width' | 'layers' | 'mlpWidth' | 'patchSize'> {
  readonly imageSize: Size;
  readonly heads: number;
  readonly activation: TimmPreset['activation'];
}

/** `vision_cfg` of this SigLIP: the preset with its activation that is closest, and what differs. */
export function closestSiglip(tower: SiglipTower): Json {
  const [closest] = SIGLIP_PRESETS.filter(({ activation }) => activation === tower.activation)
    .map((preset) => ({ name: preset.name, kwargs: differences(tower, preset) }))
    .sort((a, b) => Object.keys(a.kwargs).length - Object.keys(b.kwargs).length);
  return timmConfig(tower.imageSize, closest!.name, closest!.kwargs);
}

function timmConfig(imageSize: Size, name: string, kwargs: Json = {}): Json {
  return {
    image_size: pixels(imageSize),
    timm_model_name: name,
    timm_model_pretrained: false,
    timm_pool: 'map',
    timm_proj: 'none',
    ...(Object.keys(kwargs).length === 0 ? {} : { timm_model_kwargs: kwargs }),
  };
}

/** Presets with these shapes at any image size. */
function kindred(image: ImageShape): readonly TimmPreset[] {
  const [height, width] = image.patchSize;
  return SIGLIP_PRESETS.filter(
    (preset) =>
      preset.width === image.width &&
      preset.layers === image.layers &&
      preset.patchSize === height &&
      preset.patchSize === width &&
      mlpWidth(preset.width, preset.mlpRatio, preset.name) === image.mlpWidth,
  );
}

function differences(tower: SiglipTower, preset: TimmPreset): Json {
  const { imageSize, patchSize, width, layers, heads } = tower;
  const isSquare = ([down, across]: Size, side: number): boolean => down === side && across === side;
  const sameMlp = Math.trunc(width * preset.mlpRatio) === tower.mlpWidth;
  return {
    ...(isSquare(imageSize, sideOf(preset.name)) ? {} : { img_size: pixels(imageSize) }),
    ...(isSquare(patchSize, preset.patchSize) ? {} : { patch_size: pixels(patchSize) }),
    ...(preset.width === width ? {} : { embed_dim: width }),
    ...(preset.layers === layers ? {} : { depth: layers }),
    ...(preset.heads === heads ? {} : { num_heads: heads }),
    ...(sameMlp ? {} : { mlp_ratio: mlpRatio(tower) }),
  };
}

/** Pixels per side, the number that ends a timm name. */
function sideOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0]);
}

/** Sizes that leave a partial patch are ambiguous: 27 patches of 14 make 378, but SigLIP (not SigLIP 2) has 384 too. */
function askPreset(presets: readonly TimmPreset[], isSiglip2: boolean, interview: Interview): string {
  const sorted = [...presets].sort((a, b) => sideOf(a.name) - sideOf(b.name));
  const preset = isSiglip2 ? sorted[0]! : sorted.at(-1)!;
  if (sorted.length === 1) return preset.name;
  const choices = sorted.map(({ name }) => [name, `${sideOf(name)} x ${sideOf(name)}`] as const);
  return interview.choose('imagePreset', 'Size of pictures, in pixels', choices, preset.name);
}

function askActivation(presets: readonly TimmPreset[], interview: Interview): TimmPreset['activation'] {
  const [first] = presets;
  if (presets.every(({ activation }) => activation === first?.activation)) return first!.activation;
  const choices = [
    ['gelu', 'GELU'],
    ['gelu-tanh', 'GELU with tanh'],
  ] as const;
  return interview.choose('imageActivation', 'Activation of the image tower', choices, first!.activation);
}

/** Asked only if the patches do not form a square. @throws ArchitectureUnclear if the answer has another patch count */
function askImageSize({ patches, patchSize }: ImageShape, interview: Interview): Size {
  const side = Math.round(Math.sqrt(patches));
  const sizeOf = ([down, across]: Size): Size => [down * patchSize[0], across * patchSize[1]];
  if (side * side === patches) return sizeOf([side, side]);
  const sizes = grids(patches).map(sizeOf);
  const choices: Choices<string> = sizes.map(([height, width]) => {
    return [`${height}x${width}`, `${height} high, ${width} wide`];
  });
  return interview.read('imageSize', 'Size of pictures, in pixels', choices, choices[0]![0], (answer) => {
    const [height, width, more] = answer.split('x').map(wholeNumber);
    if (height === undefined || width === undefined || more !== undefined) return undefined;
    const fitting = Math.floor(height / patchSize[0]) * Math.floor(width / patchSize[1]);
    return fitting === patches ? [height, width] : undefined;
  });
}

/** Grids with this many patches, the squarest first, landscape before portrait. */
function grids(patches: number): Size[] {
  const found: Size[] = [];
  for (let down = Math.floor(Math.sqrt(patches)); down >= 1 && found.length < MOST_GRIDS; down--) {
    const across = patches / down;
    if (Number.isInteger(across)) found.push([down, across], [across, down]);
  }
  return found;
}

function pixels([height, width]: Size): number | Size {
  return height === width ? height : [height, width];
}
