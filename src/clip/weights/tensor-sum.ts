import { xxh32 } from '../../core/xxh32';

/** Bytes that are summed at a time; pieces of a tensor are multiples of it, but for the last. */
export const SUM_STEP = 2 ** 25;

/**
 * A checksum of a stored tensor, made while it is kept and compared whenever it is read: storage gives back what a
 * damaged disk holds without a word, and other weights give other answers.
 * @param before that of the bytes before these, if there are any: a multiple of `SUM_STEP` bytes
 */
export function tensorSum(bytes: Uint8Array, before = 0): number {
  let sum = before;
  for (let start = 0; start < bytes.length; start += SUM_STEP) {
    sum = xxh32(bytes.subarray(start, start + SUM_STEP), sum);
  }
  return sum;
}
