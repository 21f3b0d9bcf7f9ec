import type { Architecture } from '../architecture';

export type Tower = 'image' | 'text';

/** A tensor as it is called and shaped in a checkpoint. */
export interface CheckpointTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What timm calls the parts of OpenCLIP's `VisionTransformer`, the longer names first. */
const TIMM_NAMES: readonly (readonly [openClip: string, timm: string])[] = [
  ['visual.conv1.', 'visual.trunk.patch_embed.proj.'],
  ['visual.positional_embedding', 'visual.trunk.pos_embed'],
  ['visual.ln_post.', 'visual.trunk.norm.'],
  ['visual.attn_pool.ln_2.', 'visual.trunk.attn_pool.norm.'],
  ['visual.attn_pool.', 'visual.trunk.attn_pool.'],
  ['visual.transformer.resblocks.', 'visual.trunk.blocks.'],
  ['.ln_1.', '.norm1.'],
  ['.ln_2.', '.norm2.'],
  ['.attn.in_proj_', '.attn.qkv.'],
  ['.attn.out_proj.', '.attn.proj.'],
  ['.mlp.c_fc.', '.mlp.fc1.'],
  ['.mlp.c_proj.', '.mlp.fc2.'],
];

/** Tensors that timm keeps with a batch of one in front. */
const TIMM_BATCHED: ReadonlySet<string> = new Set(['visual.positional_embedding', 'visual.attn_pool.latent']);

/**
 * Where a checkpoint that OpenCLIP loads keeps the tensor that the graphs know as `name`.
 *
 * Why one set of names: SigLIP's blocks are timm's, CustomTextCLIP's begin with `text.`, and all compute the same, so
 * one graph reads them all; only here, on the way in and out of a file, do they differ.
 */
export function checkpointTensor(
  { vision, customText }: Pick<Architecture, 'vision' | 'customText'>,
  tower: Tower,
  name: string,
  shape: readonly number[],
): CheckpointTensor {
  if (tower === 'text') return { name: customText ? `text.${name}` : name, shape };
  if (vision.pool !== 'map') return { name, shape };
  const renamed = TIMM_NAMES.reduce((before, [openClip, timm]) => before.replace(openClip, timm), name);
  return { name: renamed, shape: TIMM_BATCHED.has(name) ? [1, ...shape] : shape };
}
