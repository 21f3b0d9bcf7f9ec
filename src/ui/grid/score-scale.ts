/** The length of a score bar, 0..1: from an unremarkable score to the best. */
export type ScoreScale = (score: number) => number;

/**
 * A scale for one answer: from the median, which the few good matches hardly affect, to the best score. A model's
 * cosines fill a narrow band, so their absolute size would show no differences.
 */
export function scoreScale(scores: readonly number[]): ScoreScale {
  const falling = [...scores].sort((a, b) => b - a);
  const top = falling[0] ?? 0;
  const floor = falling.length > 4 ? (falling[Math.floor(falling.length / 2)] ?? 0) : Math.min(0, top);
  const span = top - floor;
  return (score) => (span > 0 ? Math.min(1, Math.max(0, (score - floor) / span)) : 1);
}
