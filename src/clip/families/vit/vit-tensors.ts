import type { TensorInfo } from '../../../formats/safetensors';
import { patchGrid } from '../../config/patches';
import { resizePositions } from '../../weights/positions';
import {
  blockShapes,
  feedForwardShapes,
  linearShapes,
  normShapes,
  type ResizeValues,
  type Shapes,
  type TensorShapes,
} from '../../weights/tensor-shapes';
import { prefixTokens, type VitStack } from './vit-config';

/** The name of a ViT's position embedding. */
export const POSITIONS = 'visual.positional_embedding';

/** The tensors of the image tower `vision`, named as in OpenCLIP's `VisionTransformer`. */
export function vitTensors(vision: VitStack): TensorShapes {
  const { width, patchSize } = vision;
  const [down, across] = patchGrid(vision);
  const isMap = vision.pool === 'map';
  const pooledWidth = vision.attentionalPool ? vision.outputDim : width;
  return new Map([
    ['visual.conv1.weight', [width, 3, ...patchSize]],
    ...(isMap
      ? ([['visual.conv1.bias', [width]]] as const)
      : ([['visual.class_embedding', [width]]] as const)),
    [POSITIONS, [prefixTokens(vision) + down * across, width]],
    ...(vision.preNorm ? normShapes('visual.ln_pre', width) : []),
    ...blockShapes('visual.transformer', vision),
    ...(vision.attentionalPool ? attentionalPoolTensors(vision) : []),
    ...normShapes('visual.ln_post', pooledWidth),
    ...projectionTensors(vision, pooledWidth),
  ]);
}

/** What gives the embedding: a pool that projects, timm's head, or OpenCLIP's matrix. */
function projectionTensors(vision: VitStack, pooledWidth: number): Shapes {
  if (vision.pool === 'map') return mapPoolTensors(vision);
  if (vision.timm) return linearShapes('visual.proj', vision.outputDim, pooledWidth);
  return [['visual.proj', [pooledWidth, vision.outputDim]]];
}

/** OpenCLIP's `AttentionalPooler`, whose matrices PyTorch packs where keys are as wide as queries. */
function attentionalPoolTensors({ width, outputDim, attentionalPool }: VitStack): Shapes {
  const pool = 'visual.attn_pool';
  const matrices: Shapes =
    width === outputDim
      ? [[`${pool}.attn.in_proj_weight`, [3 * width, width]]]
      : [
          [`${pool}.attn.q_proj_weight`, [outputDim, outputDim]],
          [`${pool}.attn.k_proj_weight`, [outputDim, width]],
          [`${pool}.attn.v_proj_weight`, [outputDim, width]],
        ];
  return [
    [`${pool}.query`, [attentionalPool?.queries ?? 0, outputDim]],
    ...normShapes(`${pool}.ln_q`, outputDim),
    ...normShapes(`${pool}.ln_k`, width),
    ...matrices,
    [`${pool}.attn.in_proj_bias`, [3 * outputDim]],
    ...linearShapes(`${pool}.attn.out_proj`, outputDim, outputDim),
  ];
}

/** timm's `AttentionPoolLatent`: one learned query attends to all patches; then an MLP. */
function mapPoolTensors(vision: VitStack): Shapes {
  const { width } = vision;
  const pool = 'visual.attn_pool';
  return [
    [`${pool}.latent`, [1, width]],
    ...linearShapes(`${pool}.q`, width, width),
    ...linearShapes(`${pool}.kv`, 2 * width, width),
    ...linearShapes(`${pool}.proj`, width, width),
    ...feedForwardShapes(pool, vision),
  ];
}

/**
 * How OpenCLIP resizes a position embedding of another picture size on loading (`resize_pos_embed`): a square grid of
 * patches bicubically. timm's are not resized. Undefined where it has the tower's length, or does not fit.
 */
export function vitResizing(vision: VitStack, name: string, { shape }: TensorInfo): ResizeValues | undefined {
  const [count = 0, width = 0] = shape;
  if (name !== POSITIONS || shape.length !== 2 || vision.timm || width !== vision.width) return undefined;
  const [side, to] = [Math.sqrt(count - 1), patchGrid(vision)];
  if (side < 1 || !Number.isInteger(side) || count - 1 === to[0] * to[1]) return undefined;
  return (values) => resizePositions(values, [side, side], to, width, prefixTokens(vision));
}
