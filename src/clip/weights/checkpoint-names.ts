import type { Architecture } from '../architecture';
import { imageFamily } from '../families/image-families';
import type { CheckpointTensor } from './tensor-shapes';

export type Tower = 'image' | 'text';

/**
 * The name and shape, in a checkpoint for OpenCLIP, of the tensor that the graphs call `name`. CustomTextCLIP has its
 * text tower under `text.`.
 */
export function checkpointTensor(
  { vision, customText }: Pick<Architecture, 'vision' | 'customText'>,
  tower: Tower,
  name: string,
  shape: readonly number[],
): CheckpointTensor {
  if (tower === 'text') return { name: customText ? `text.${name}` : name, shape };
  return imageFamily(vision).inCheckpoint?.(vision, name, shape) ?? { name, shape };
}
