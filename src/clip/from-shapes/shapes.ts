import type { WeightsHeader } from '../../formats/safetensors';
import { quoted } from '../../formats/json';
import { unclear } from './interview';

type Size = readonly [height: number, width: number];

/** A transformer's dimensions, as far as shapes reveal them. */
export interface StackShape {
  readonly width: number;
  readonly layers: number;
  readonly mlpWidth: number;
  readonly layerScale: boolean;
}

export interface ImageShape extends StackShape {
  /** OpenCLIP's own tower, or timm's with MAP pooling (SigLIP's). */
  readonly kind: 'open-clip' | 'timm';
  readonly patchSize: Size;
  /** Number of patches; their rows and columns are unknown. */
  readonly patches: number;
  readonly preNorm: boolean;
  /** Of a CoCa: queries of its attentional pooler, and how wide they are. */
  readonly attentionalPool?: { readonly queries: number; readonly width: number };
  readonly outputDim: number;
}

/** OpenAI's ResNet, as far as shapes reveal it. */
export interface ResNetShape {
  readonly kind: 'resnet';
  /** Channels behind the stem. */
  readonly width: number;
  /** Blocks of each stage. */
  readonly blocks: readonly number[];
  /** Places per side that the attention pool reads. */
  readonly side: number;
  readonly outputDim: number;
}

export interface TextShape extends StackShape {
  readonly contextLength: number;
  readonly vocabSize: number;
  readonly projection: 'none' | 'matrix' | 'linear';
  readonly outputDim: number;
  /** Below `text.`, as CustomTextCLIP keeps it. */
  readonly custom: boolean;
  /** Of a CoCa: a learned token behind the ids. */
  readonly classToken: boolean;
}

/** What tensor names and shapes reveal about a checkpoint. */
export interface TowerShapes<Image = ImageShape | ResNetShape> {
  readonly image: Image;
  readonly text: TextShape;
  /** Of a CoCa: what writes captions. */
  readonly decoder: Pick<StackShape, 'width' | 'layers'> | undefined;
  readonly logitBias: boolean;
  /** The logit scale is a list of one. */
  readonly nonscalarLogitScale: boolean;
  /** The file has tensors found only in OpenAI's own archives. */
  readonly fromOpenAi: boolean;
}

/**
 * Tensor names of checkpoints that do not tell enough, with the reason as a clause.
 *
 * Why not told by their sizes: the names of timm's and transformers' models decide what no shape shows (the eps of
 * norms, how positions turn, the size of pictures), and people train models under these names with other sizes.
 */
const STRANGERS: readonly (readonly [names: RegExp, what: string])[] = [
  [/^module\./, 'names begin with "module.", as in a snapshot of a training run'],
  [
    /^visual\.trunk\.(?:(?:stem|stages)[._]|patch_embed\.backbone\.)/,
    "the image tower is one of timm's with convolutions, and what it computes stands in its config alone",
  ],
  [
    /^visual\.trunk\.(?:(?:cls_token|reg_token|rope|norm_pre|embeds)\b|blocks\.0\.attn\.q_bias$)/,
    "the image tower is one of timm's, not SigLIP's, and what it computes stands in its config alone",
  ],
  [
    /^text\.(?:transformer\.(?!resblocks\.)|proj\.)/,
    "the text tower is one of transformers', and what it computes stands in its config alone",
  ],
];

const OPEN_CLIP_PATCHES = 'visual.conv1.weight';
const TIMM_PATCHES = 'visual.trunk.patch_embed.proj.weight';

/** The attention pool of OpenAI's ResNet. */
const RESNET_POOL = 'visual.attnpool';
const RESNET_STAGES = ['visual.layer1', 'visual.layer2', 'visual.layer3', 'visual.layer4'];

const COCA_QUERIES = 'visual.attn_pool.query';
const COCA_DECODER = 'text_decoder.resblocks';

/**
 * Reads names and shapes. Whether all tensors exist and fit each other is checked by `findTensors`.
 * @throws ArchitectureUnclear unless they are a ViT of OpenCLIP or SigLIP, or a ResNet of OpenAI, with a text tower of
 *   OpenCLIP
 */
export function readShapes(header: WeightsHeader): TowerShapes {
  const { tensors } = header;
  requireOpenClip(header);
  const image = readImage(header);
  const text = readText(header);
  if (image.outputDim !== text.outputDim) {
    throw unclear(
      `Pictures end in ${image.outputDim} numbers and texts in ${text.outputDim}: they cannot be compared.`,
    );
  }
  return {
    image,
    text,
    decoder: readDecoder(header),
    logitBias: tensors.has('logit_bias'),
    nonscalarLogitScale: tensors.get('logit_scale')?.shape.length === 1,
    fromOpenAi: tensors.has('input_resolution'),
  };
}

function requireOpenClip({ tensors }: WeightsHeader): void {
  const names = [...tensors.keys()];
  for (const [pattern, what] of STRANGERS) {
    const telling = names.filter((name) => pattern.test(name));
    const [first] = telling;
    if (first !== undefined) {
      const example = `${quoted(first)} (${shapeText(tensors.get(first)?.shape ?? [])})`;
      throw unclear(`${telling.length} of ${names.length} tensors, such as ${example}, say: ${what}.`);
    }
  }
  if (!tensors.has(OPEN_CLIP_PATCHES) && !tensors.has(TIMM_PATCHES)) {
    throw unclear(
      `None of ${names.length} tensors is ${OPEN_CLIP_PATCHES} or ${TIMM_PATCHES}, with which an image tower begins.`,
    );
  }
}

function readImage(header: WeightsHeader): ImageShape | ResNetShape {
  const names = [...header.tensors.keys()];
  if (header.tensors.has(TIMM_PATCHES)) return readTimm(header);
  return names.some((name) => name.startsWith(`${RESNET_POOL}.`)) ? readResNet(header) : readOpenClip(header);
}

function readResNet(header: WeightsHeader): ResNetShape {
  const [width] = shapeOf(header, 'visual.conv3.weight', 'width', 'inputs', '3', '3');
  const [positions] = shapeOf(header, `${RESNET_POOL}.positional_embedding`, 'positions', 'width');
  // The first position is that of the mean.
  const side = Math.sqrt(positions - 1);
  if (side < 1 || !Number.isInteger(side)) {
    throw unclear(`${RESNET_POOL}.positional_embedding has ${positions} positions: no square and one more.`);
  }
  const [outputDim] = shapeOf(header, `${RESNET_POOL}.c_proj.weight`, 'outputs', 'width');
  const blocks = RESNET_STAGES.map((stage) => blockCount(header, stage));
  return { kind: 'resnet', width, blocks, side, outputDim };
}

function readDecoder(header: WeightsHeader): TowerShapes['decoder'] {
  if (![...header.tensors.keys()].some((name) => name.startsWith(`${COCA_DECODER}.`))) return undefined;
  const [, width] = shapeOf(header, `${COCA_DECODER}.0.attn.in_proj_weight`, 'outputs', 'width');
  return { width, layers: blockCount(header, COCA_DECODER) };
}

function readOpenClip(header: WeightsHeader): ImageShape {
  const [width, patchSize] = readPatches(header, OPEN_CLIP_PATCHES);
  const [positions] = shapeOf(header, 'visual.positional_embedding', 'positions', 'width');
  if (positions < 2)
    throw unclear(`visual.positional_embedding has ${positions} position, none for a patch.`);
  const [, outputDim] = shapeOf(header, 'visual.proj', 'width', 'outputs');
  return {
    kind: 'open-clip',
    ...readStack(header, 'visual.transformer.resblocks', width, 'mlp.c_fc.weight'),
    patchSize,
    // The first position is that of the class token.
    patches: positions - 1,
    preNorm: header.tensors.has('visual.ln_pre.weight'),
    ...(header.tensors.has(COCA_QUERIES) && { attentionalPool: readAttentionalPool(header) }),
    outputDim,
  };
}

function readAttentionalPool(header: WeightsHeader): NonNullable<ImageShape['attentionalPool']> {
  const [queries, width] = shapeOf(header, COCA_QUERIES, 'queries', 'width');
  return { queries, width };
}

function readTimm(header: WeightsHeader): ImageShape {
  const [width, patchSize] = readPatches(header, TIMM_PATCHES);
  const [, patches] = shapeOf(header, 'visual.trunk.pos_embed', '1', 'patches', 'width');
  return {
    kind: 'timm',
    ...readStack(header, 'visual.trunk.blocks', width, 'mlp.fc1.weight'),
    patchSize,
    patches,
    preNorm: false,
    outputDim: width,
  };
}

function readPatches(header: WeightsHeader, name: string): readonly [width: number, patchSize: Size] {
  const [width, channels, height, across] = shapeOf(header, name, 'width', '3', 'height', 'width');
  if (channels !== 3) throw unclear(`${name} reads ${channels} channels; a picture has 3.`);
  return [width, [height, across]];
}

function readText(header: WeightsHeader): TextShape {
  const { tensors } = header;
  const custom = tensors.has('text.token_embedding.weight');
  const prefix = custom ? 'text.' : '';
  const [vocabSize, width] = shapeOf(header, `${prefix}token_embedding.weight`, 'tokens', 'width');
  const [positions] = shapeOf(header, `${prefix}positional_embedding`, 'positions', 'width');
  const classToken = tensors.has(`${prefix}cls_emb`);
  return {
    ...readStack(header, `${prefix}transformer.resblocks`, width, 'mlp.c_fc.weight'),
    contextLength: positions - (classToken ? 1 : 0),
    vocabSize,
    ...readProjection(header, `${prefix}text_projection`, width),
    custom,
    classToken,
  };
}

function readProjection(
  header: WeightsHeader,
  name: string,
  width: number,
): Pick<TextShape, 'projection' | 'outputDim'> {
  if (header.tensors.has(name)) {
    const [, outputDim] = shapeOf(header, name, 'width', 'outputs');
    return { projection: 'matrix', outputDim };
  }
  if (header.tensors.has(`${name}.weight`)) {
    const [outputDim] = shapeOf(header, `${name}.weight`, 'outputs', 'width');
    return { projection: 'linear', outputDim };
  }
  return { projection: 'none', outputDim: width };
}

/** Of the blocks below `stack`, numbered from 0. @throws ArchitectureUnclear if there are none */
function blockCount(header: WeightsHeader, stack: string): number {
  const numbers = new Set<string>();
  for (const name of header.tensors.keys()) {
    if (name.startsWith(`${stack}.`)) numbers.add(name.slice(stack.length + 1).split('.', 1)[0] ?? '');
  }
  if (numbers.size === 0) throw unclear(`No tensor begins with ${stack}: there are 0 layers.`);
  return numbers.size;
}

/** The blocks below `stack`; `mlp` is the first layer of a block's MLP. */
function readStack(header: WeightsHeader, stack: string, width: number, mlp: string): StackShape {
  const layers = blockCount(header, stack);
  const [mlpWidth] = shapeOf(header, `${stack}.0.${mlp}`, 'outputs', 'width');
  return {
    width,
    layers,
    mlpWidth,
    layerScale: header.tensors.has(`${stack}.0.ls_1.gamma`),
  };
}

/** The shape of a tensor with exactly these axes, all non-zero. @throws ArchitectureUnclear */
function shapeOf<const T extends readonly string[]>(
  { tensors }: WeightsHeader,
  name: string,
  ...axes: T
): { readonly [K in keyof T]: number } {
  const shape = tensors.get(name)?.shape;
  const wanted = axes.join(' x ');
  if (shape === undefined) throw unclear(`None of ${tensors.size} tensors is ${name} (${wanted}).`);
  if (shape.length !== axes.length || shape.includes(0)) {
    throw unclear(`${name} is ${shapeText(shape)}, not ${wanted}.`);
  }
  return shape as unknown as { readonly [K in keyof T]: number };
}

function shapeText(shape: readonly number[]): string {
  if (shape.length === 0) return 'one value';
  return shape.length > 8 ? `${shape.length} axes` : shape.join(' x ');
}

/** The shortest decimal for which `int(width * mlp_ratio)` is `mlpWidth`, as in published configs: 3.7362. */
export function mlpRatio({ width, mlpWidth }: Pick<StackShape, 'width' | 'mlpWidth'>): number {
  const exact = mlpWidth / width;
  for (let decimals = 0; decimals <= 6; decimals++) {
    const rounded = Math.ceil(exact * 10 ** decimals) / 10 ** decimals;
    if (Math.trunc(width * rounded) === mlpWidth) return rounded;
  }
  // Half a step above, so that rounding cannot fall below.
  return (mlpWidth + 0.5) / width;
}
