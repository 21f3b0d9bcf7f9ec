import type { RankedLabel } from '../../zeroshot/classifier';

/** Below this share even the best label is a guess. */
const WEAK = 0.3;

/** Whether a person should look at an answer (falling): its best label is weak, or not twice as likely as the second. */
export function isUnsure(ranked: readonly RankedLabel[]): boolean {
  const [best, second] = ranked;
  if (!best || !second) return false;
  return best.probability < WEAK || best.probability < 2 * second.probability;
}

/** How sure an answer is, 0..1: the lead of its best label over the second. */
export function sureness(ranked: readonly RankedLabel[]): number {
  const [best, second] = ranked;
  return best ? best.probability - (second?.probability ?? 0) : 0;
}
