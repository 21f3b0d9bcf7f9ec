import type { CheckpointTensor } from '../../weights/tensor-shapes';

/** timm's names for the parts of OpenCLIP's `VisionTransformer`, longer names first. */
const TIMM_NAMES: readonly (readonly [openClip: string, timm: string])[] = [
  ['visual.class_embedding', 'visual.trunk.cls_token'],
  ['visual.ln_pre.', 'visual.trunk.norm_pre.'],
  ['visual.proj.', 'visual.trunk.head.'],
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

/** Axes of 1 that timm stores some tensors with. */
const TIMM_AXES: Readonly<Record<string, readonly number[]>> = {
  'visual.positional_embedding': [1],
  'visual.attn_pool.latent': [1],
  'visual.class_embedding': [1, 1],
};

/**
 * Name and shape in a checkpoint of what the graph calls `name`.
 *
 * Why one set of names: timm's blocks compute the same as OpenCLIP's, so one graph serves both; names differ only here,
 * in reading and writing a file.
 */
export function timmTensor(name: string, shape: readonly number[]): CheckpointTensor {
  const renamed = TIMM_NAMES.reduce((before, [openClip, timm]) => before.replace(openClip, timm), name);
  return { name: renamed, shape: [...(TIMM_AXES[name] ?? []), ...shape] };
}
