/** The length of a score bar, 0..1. */
export type ScoreScale = (score: number) => number;

/** A scale from an unremarkable score to a very good one. */
export function scoreScale({ low, high }: { readonly low: number; readonly high: number }): ScoreScale {
  const span = high - low;
  return (score) => (span > 0 ? Math.min(1, Math.max(0, (score - low) / span)) : 1);
}

/** The range of one answer, where no other is known: from the median, which few good matches affect, to the best. */
export function rangeOf(scores: readonly number[]): { low: number; high: number } {
  const falling = [...scores].sort((a, b) => b - a);
  const high = falling[0] ?? 0;
  const low = falling.length > 4 ? (falling[Math.floor(falling.length / 2)] ?? 0) : Math.min(0, high);
  return { low, high };
}
