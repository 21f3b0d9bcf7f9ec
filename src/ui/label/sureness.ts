import type { RankedLabel } from '../../zeroshot/classifier';

/** Below this probability even the best label is a guess. */
const WEAK = 0.3;

/** Whether the user should check labels (descending): the best is weak, or less than twice as likely as the second. */
export function isUnsure(ranked: readonly RankedLabel[]): boolean {
  const [best, second] = ranked;
  if (!best || !second) return false;
  return best.probability < WEAK || best.probability < 2 * second.probability;
}

/** Confidence, 0..1: the lead of the best label over the second. */
export function sureness(ranked: readonly RankedLabel[]): number {
  const [best, second] = ranked;
  return best ? best.probability - (second?.probability ?? 0) : 0;
}
