/** What a bar shows of a score: its place between a model's unremarkable and its best scores, 0..1. */
export type ScoreScale = (score: number) => number;

/**
 * A scale of the answer's own range. The floor is the median, which hardly moves with the few good matches; the top is
 * the best score. Cosines of one model fill a narrow band, so their own size says nothing to the eye.
 */
export function scoreScale(scores: readonly number[]): ScoreScale {
  const falling = [...scores].sort((a, b) => b - a);
  const top = falling[0] ?? 0;
  const floor = falling.length > 4 ? (falling[Math.floor(falling.length / 2)] ?? 0) : Math.min(0, top);
  const span = top - floor;
  return (score) => (span > 0 ? Math.min(1, Math.max(0, (score - floor) / span)) : 1);
}
