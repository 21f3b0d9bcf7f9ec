import { WASM_BYTES } from '../clip/config/room';
import { totalBytes } from '../clip/weights/weights';
import type { TowerSource } from './model-source';

const GIBIBYTE = 2 ** 30;

/**
 * Whether both towers may be open at once.
 *
 * Why a budget: a page cannot query its memory limit, and a tab that exceeds it is killed without warning. A quarter of
 * the reported device memory, at most 2 GiB, leaves room for the copies made while a tower opens.
 * @param gibibytes device memory, if reported
 */
export function fitTogether(
  { precision, image, text }: Pick<TowerSource, 'precision' | 'image' | 'text'>,
  gibibytes = 4,
): boolean {
  const budget = Math.min(2, gibibytes / 4) * GIBIBYTE;
  const stored = totalBytes([...image.tensors, ...(text?.tensors ?? [])]);
  // Matrices stored as fp16 are widened when the tower opens.
  return stored * (precision === 'fp16-storage' ? 2 : 1) <= budget;
}

/** Browsers report at most this, even if there is more. */
const MOST_GIBIBYTES = 8;

/**
 * Bytes that one picture may take: half of a small device's memory, else what WebAssembly has.
 * @param gibibytes device memory, if reported
 */
export function pictureRoom(gibibytes = MOST_GIBIBYTES): number {
  return gibibytes < MOST_GIBIBYTES ? Math.min(WASM_BYTES, (gibibytes / 2) * GIBIBYTE) : WASM_BYTES;
}
