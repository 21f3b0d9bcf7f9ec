import { totalBytes } from '../clip/weights/weights';
import type { TowerSource } from './model-source';

const GIBIBYTE = 2 ** 30;

/**
 * Whether both towers may be open at once.
 *
 * Why a budget: nothing tells a page how much memory it may take, and a tab that takes too much is ended without a word.
 * A quarter of what the device says it has, and at most 2 GiB, leaves room for the copies made while a tower opens.
 * @param gibibytes of the device's memory, as far as it tells
 */
export function fitTogether(
  { precision, image, text }: Pick<TowerSource, 'precision' | 'image' | 'text'>,
  gibibytes = 4,
): boolean {
  const budget = Math.min(2, gibibytes / 4) * GIBIBYTE;
  const stored = totalBytes([...image.tensors, ...(text?.tensors ?? [])]);
  // Matrices kept as fp16 are widened when the tower opens.
  return stored * (precision === 'fp16-storage' ? 2 : 1) <= budget;
}
