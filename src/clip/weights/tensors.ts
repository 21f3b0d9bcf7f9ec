import { Failure } from '../../core/failure';
import type { WeightsHeader, TensorInfo } from '../../formats/safetensors';
import type {
  Architecture,
  TextArchitecture,
  TransformerArchitecture,
  VisionArchitecture,
} from '../architecture';
import { checkpointTensor, type Tower } from './checkpoint-names';
import { textSequence } from '../config/text-config';
import { patchGrid, prefixTokens } from '../config/vision-config';
import { resizePositions, resizeRow } from './positions';

export type { Tower } from './checkpoint-names';

/** Names and shapes, as PyTorch stores them: a linear layer's weight is `[out, in]`. */
export type TensorShapes = ReadonlyMap<string, readonly number[]>;

/** A tensor in a checkpoint, with the shape that the tower needs. */
export interface PlacedTensor extends TensorInfo {
  /** How position embeddings of another picture size or context length become those of the tower. */
  readonly resize?: (values: Float32Array) => Float32Array<ArrayBuffer>;
}

/**
 * A checkpoint's tensors by tower, with the names and shapes of `imageTensors` and `textTensors`; `TensorInfo.name` is
 * the name in the file.
 */
export interface CheckpointTensors {
  readonly image: ReadonlyMap<string, PlacedTensor>;
  readonly text: ReadonlyMap<string, PlacedTensor>;
  readonly logitScale: TensorInfo;
  readonly logitBias: TensorInfo | undefined;
}

const FLOATS: ReadonlySet<string> = new Set(['F64', 'F32', 'F16', 'BF16']);

/** Buffers and leftovers in published checkpoints that no tower reads. */
const LEFTOVERS: ReadonlySet<string> = new Set([
  'attn_mask',
  'text.attn_mask',
  'input_resolution',
  'context_length',
  'vocab_size',
]);

/** What of a CoCa writes captions, which no embedding needs. */
const DECODER = 'text_decoder.';

/** The tensors of the image tower `vision`, named as in OpenCLIP's `VisionTransformer`. */
export function imageTensors(vision: VisionArchitecture): TensorShapes {
  const { width, patchSize } = vision;
  const [down, across] = patchGrid(vision);
  const isMap = vision.pool === 'map';
  const pooledWidth = vision.attentionalPool ? vision.outputDim : width;
  return new Map([
    ['visual.conv1.weight', [width, 3, ...patchSize]],
    ...(isMap
      ? ([['visual.conv1.bias', [width]]] as const)
      : ([['visual.class_embedding', [width]]] as const)),
    ['visual.positional_embedding', [prefixTokens(vision) + down * across, width]],
    ...(vision.preNorm ? normTensors('visual.ln_pre', width) : []),
    ...blockTensors('visual.transformer', vision),
    ...(vision.attentionalPool ? attentionalPoolTensors(vision) : []),
    ...normTensors('visual.ln_post', pooledWidth),
    ...projectionTensors(vision, pooledWidth),
  ]);
}

/** What gives the embedding: a pool that projects, timm's head, or OpenCLIP's matrix. */
function projectionTensors(vision: VisionArchitecture, pooledWidth: number): [string, number[]][] {
  if (vision.pool === 'map') return mapPoolTensors(vision);
  if (vision.timm) return linearTensors('visual.proj', vision.outputDim, pooledWidth);
  return [['visual.proj', [pooledWidth, vision.outputDim]]];
}

/** The tensors of the text tower `text`, named as in OpenCLIP's `CLIP` class (no `text.` prefix). */
export function textTensors(text: TextArchitecture): TensorShapes {
  const { width, outputDim } = text;
  const projection: [string, number[]][] =
    text.projection === 'none'
      ? []
      : text.projection === 'matrix'
        ? [['text_projection', [width, outputDim]]]
        : [
            ['text_projection.weight', [outputDim, width]],
            ['text_projection.bias', [outputDim]],
          ];
  return new Map([
    ['token_embedding.weight', [text.vocabSize, width]],
    ...(text.classToken ? ([['cls_emb', [width]]] as const) : []),
    ['positional_embedding', [textSequence(text), width]],
    ...blockTensors('transformer', text),
    ...normTensors('ln_final', width),
    ...projection,
  ]);
}

/** The number of weights in `shapes`. */
export function countWeights(shapes: TensorShapes): number {
  let sum = 0;
  for (const shape of shapes.values()) sum += shape.reduce((product, size) => product * size, 1);
  return sum;
}

/**
 * Finds every tensor of `architecture`. The text tower may be in the classic layout or CustomTextCLIP's (`text.*`),
 * whatever the config says: OpenCLIP loads both.
 * @throws TensorMissing, TensorMismatch (shape or dtype), TensorUnexpected (a tensor that no tower reads)
 */
export function findTensors(header: WeightsHeader, architecture: Architecture): CheckpointTensors {
  const { tensors } = bareNames(header);
  const stored = { ...architecture, customText: tensors.has('text.token_embedding.weight') };
  const taken = new Set<string>();
  const take = (name: string, shape: readonly number[]): TensorInfo => {
    const info = tensors.get(name);
    if (info === undefined) {
      throw new Failure('TensorMissing', `The checkpoint has no tensor ${name} (${shape.join(' x ')}).`);
    }
    check(info, shape);
    taken.add(name);
    return info;
  };
  const takeAll = (shapes: TensorShapes, tower: Tower): Map<string, PlacedTensor> =>
    new Map(
      [...shapes].map(([name, shape]) => {
        const there = checkpointTensor(stored, tower, name, shape);
        const found = tensors.get(there.name);
        const resize = found && resizingOf(name, found, architecture);
        if (found && resize) taken.add(there.name);
        return [name, resize ? { ...found, shape, resize } : { ...take(there.name, there.shape), shape }];
      }),
    );
  const scalar = (name: string): TensorInfo => take(name, tensors.get(name)?.shape.length === 1 ? [1] : []);

  const found: CheckpointTensors = {
    image: takeAll(imageTensors(architecture.vision), 'image'),
    text: takeAll(textTensors(architecture.text), 'text'),
    logitScale: scalar('logit_scale'),
    logitBias: tensors.has('logit_bias') ? scalar('logit_bias') : undefined,
  };
  for (const [name, info] of tensors) {
    if (!taken.has(name) && !LEFTOVERS.has(name) && !(architecture.hasDecoder && name.startsWith(DECODER))) {
      throw new Failure(
        'TensorUnexpected',
        `The checkpoint holds ${info.name} (${info.shape.join(' x ')}), which its config does not ask for.`,
      );
    }
  }
  return found;
}

/** What PyTorch's parallel training puts before every name. */
const PARALLEL = 'module.';

/** The header with names as OpenCLIP reads them: without that prefix, if all have it. */
export function bareNames(header: WeightsHeader): WeightsHeader {
  const entries = [...header.tensors];
  if (!entries.every(([name]) => name.startsWith(PARALLEL))) return header;
  return { tensors: new Map(entries.map(([name, info]) => [name.slice(PARALLEL.length), info])) };
}

/**
 * How OpenCLIP resizes a position embedding on loading (`resize_pos_embed`, `resize_text_pos_embed`): a square grid of
 * patches bicubically, a row of text positions linearly. Undefined where it has the tower's length, or does not fit.
 */
function resizingOf(
  name: string,
  { shape, dtype }: TensorInfo,
  { vision, text }: Architecture,
): PlacedTensor['resize'] {
  const [count = 0, width = 0] = shape;
  if (shape.length !== 2 || !FLOATS.has(dtype)) return undefined;
  const positions = textSequence(text);
  if (name === 'positional_embedding' && width === text.width && count > 0 && count !== positions) {
    return (values) => resizeRow(values, count, positions, width);
  }
  if (name !== 'visual.positional_embedding' || vision.timm || width !== vision.width) return undefined;
  const [side, to] = [Math.sqrt(count - 1), patchGrid(vision)];
  if (side < 1 || !Number.isInteger(side) || count - 1 === to[0] * to[1]) return undefined;
  return (values) => resizePositions(values, [side, side], to, width, prefixTokens(vision));
}

function check(info: TensorInfo, shape: readonly number[]): void {
  if (!FLOATS.has(info.dtype)) {
    throw new Failure('TensorMismatch', `${info.name} is ${info.dtype}; weights are F32, F16, BF16 or F64.`);
  }
  if (info.shape.length !== shape.length || info.shape.some((size, axis) => size !== shape[axis])) {
    const [has, needs] = [info.shape, shape].map((sizes) =>
      sizes.length === 0 ? 'one value' : sizes.join(' x '),
    );
    throw new Failure('TensorMismatch', `${info.name} is ${has ?? ''}; the config asks for ${needs ?? ''}.`);
  }
}

function blockTensors(stack: string, transformer: TransformerArchitecture): [string, number[]][] {
  const { width } = transformer;
  return Array.from({ length: transformer.layers }, (_, layer): [string, number[]][] => {
    const block = `${stack}.resblocks.${layer}`;
    return [
      ...normTensors(`${block}.ln_1`, width),
      [`${block}.attn.in_proj_weight`, [3 * width, width]],
      [`${block}.attn.in_proj_bias`, [3 * width]],
      ...linearTensors(`${block}.attn.out_proj`, width, width),
      ...feedForwardTensors(block, transformer),
      ...(transformer.layerScale
        ? ([
            [`${block}.ls_1.gamma`, [width]],
            [`${block}.ls_2.gamma`, [width]],
          ] satisfies [string, number[]][])
        : []),
    ];
  }).flat();
}

/** OpenCLIP's `AttentionalPooler`, whose matrices PyTorch packs where keys are as wide as queries. */
function attentionalPoolTensors({
  width,
  outputDim,
  attentionalPool,
}: VisionArchitecture): [string, number[]][] {
  const pool = 'visual.attn_pool';
  const matrices: [string, number[]][] =
    width === outputDim
      ? [[`${pool}.attn.in_proj_weight`, [3 * width, width]]]
      : [
          [`${pool}.attn.q_proj_weight`, [outputDim, outputDim]],
          [`${pool}.attn.k_proj_weight`, [outputDim, width]],
          [`${pool}.attn.v_proj_weight`, [outputDim, width]],
        ];
  return [
    [`${pool}.query`, [attentionalPool?.queries ?? 0, outputDim]],
    ...normTensors(`${pool}.ln_q`, outputDim),
    ...normTensors(`${pool}.ln_k`, width),
    ...matrices,
    [`${pool}.attn.in_proj_bias`, [3 * outputDim]],
    ...linearTensors(`${pool}.attn.out_proj`, outputDim, outputDim),
  ];
}

/** timm's `AttentionPoolLatent`: one learned query attends to all patches; then an MLP. */
function mapPoolTensors(vision: VisionArchitecture): [string, number[]][] {
  const { width } = vision;
  const pool = 'visual.attn_pool';
  return [
    [`${pool}.latent`, [1, width]],
    ...linearTensors(`${pool}.q`, width, width),
    ...linearTensors(`${pool}.kv`, 2 * width, width),
    ...linearTensors(`${pool}.proj`, width, width),
    ...feedForwardTensors(pool, vision),
  ];
}

function feedForwardTensors(
  block: string,
  { width, mlpWidth }: TransformerArchitecture,
): [string, number[]][] {
  return [
    ...normTensors(`${block}.ln_2`, width),
    ...linearTensors(`${block}.mlp.c_fc`, mlpWidth, width),
    ...linearTensors(`${block}.mlp.c_proj`, width, mlpWidth),
  ];
}

function linearTensors(name: string, outputs: number, inputs: number): [string, number[]][] {
  return [
    [`${name}.weight`, [outputs, inputs]],
    [`${name}.bias`, [outputs]],
  ];
}

function normTensors(name: string, width: number): [string, number[]][] {
  return [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
}
