import { patchGrid } from '../../config/patches';
import { linearShapes, normShapes, type Shapes, type TensorShapes } from '../../weights/tensor-shapes';
import { prefixTokens, type EvaArchitecture } from './eva-config';

/** Before the name of each tensor. */
export const TRUNK = 'visual.trunk';

/** The position embedding, [1, tokens, width]. */
export const POSITIONS = `${TRUNK}.pos_embed`;

/** The MAP head. */
export const POOL = `${TRUNK}.attn_pool`;

/** The tensors of the image tower `vision`, named as in timm's `Eva`. */
export function evaTensors(vision: EvaArchitecture): TensorShapes {
  const { width, patchSize, form, layers } = vision;
  const [down, across] = patchGrid(vision);
  const tokens = prefixTokens(vision) + down * across;
  const isPe = form === 'pe';
  return new Map<string, readonly number[]>([
    [`${TRUNK}.patch_embed.proj.weight`, [width, 3, ...patchSize]],
    ...(isPe ? [] : ([[`${TRUNK}.patch_embed.proj.bias`, [width]]] as const)),
    ...(vision.classToken ? ([[`${TRUNK}.cls_token`, [1, 1, width]]] as const) : []),
    [POSITIONS, [1, tokens, width]],
    ...(isPe ? normShapes(`${TRUNK}.norm_pre`, width) : []),
    ...Array.from({ length: layers }, (_, layer) => blockTensors(vision, `${TRUNK}.blocks.${layer}`)).flat(),
    ...normShapes(`${TRUNK}.norm`, width),
    ...poolTensors(vision),
    ...linearShapes(`${TRUNK}.head`, vision.outputDim, width),
  ]);
}

function blockTensors(vision: EvaArchitecture, block: string): Shapes {
  const { width, mlpWidth, form } = vision;
  const [first, second] = [normShapes(`${block}.norm1`, width), normShapes(`${block}.norm2`, width)];
  const attention = [
    ...projectionTensors(vision, `${block}.attn`),
    ...(form === 'eva02' ? normShapes(`${block}.attn.norm`, width) : []),
    ...linearShapes(`${block}.attn.proj`, width, width),
  ];
  const gates = form === 'eva02' ? ['fc1_g', 'fc1_x'] : ['fc1'];
  const mlp = [
    ...gates.flatMap((name) => linearShapes(`${block}.mlp.${name}`, mlpWidth, width)),
    ...(form === 'eva02' ? normShapes(`${block}.mlp.norm`, mlpWidth) : []),
    ...linearShapes(`${block}.mlp.fc2`, width, mlpWidth),
  ];
  return form === 'eva-post-norm'
    ? [...attention, ...first, ...mlp, ...second]
    : [...first, ...attention, ...second, ...mlp];
}

/** Query, key and value of `attention`. */
function projectionTensors({ width, form }: EvaArchitecture, attention: string): Shapes {
  const packed: Shapes = [[`${attention}.qkv.weight`, [3 * width, width]]];
  switch (form) {
    case 'pe':
      return [...packed, [`${attention}.qkv.bias`, [3 * width]]];
    case 'eva02':
      return [
        ...linearShapes(`${attention}.q_proj`, width, width),
        [`${attention}.k_proj.weight`, [width, width]],
        ...linearShapes(`${attention}.v_proj`, width, width),
      ];
    case 'eva':
    case 'eva-post-norm':
      return [...packed, [`${attention}.q_bias`, [width]], [`${attention}.v_bias`, [width]]];
  }
}

function poolTensors({ width, pool }: EvaArchitecture): Shapes {
  if (pool === undefined) return [];
  return [
    [`${POOL}.latent`, [1, 1, width]],
    ...linearShapes(`${POOL}.q`, width, width),
    ...linearShapes(`${POOL}.kv`, 2 * width, width),
    ...linearShapes(`${POOL}.proj`, width, width),
    ...normShapes(`${POOL}.norm`, width),
    ...linearShapes(`${POOL}.mlp.fc1`, pool.mlpWidth, width),
    ...linearShapes(`${POOL}.mlp.fc2`, width, pool.mlpWidth),
  ];
}
