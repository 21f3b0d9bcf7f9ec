import { descending } from './torch-order';

/**
 * Average precision as CLIP_benchmark has it (`metrics/zeroshot_classification.py`): the mean, over the positives, of
 * the share of positives down to each, from the highest score on; 0 without positives. Equal scores stand in PyTorch's
 * order (`descending`).
 * @param isPositive 1 or 0 for each score
 */
export function averagePrecision(scores: ArrayLike<number>, isPositive: ArrayLike<number>): number {
  let [positives, sum] = [0, 0];
  for (const [place, at] of descending(scores).entries()) {
    if (isPositive[at] !== 1) continue;
    positives += 1;
    sum += positives / (place + 1);
  }
  return sum / Math.max(positives, 1);
}

/**
 * Average precision as scikit-learn's `average_precision_score` has it: the mean of precisions, each weighted by what
 * it adds to recall, at each distinct score; so equal scores are taken together. Null without positives.
 * @param isPositive 1 or 0 for each score
 */
export function groupedAveragePrecision(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
): number | null {
  const order = descending(scores);
  let [positives, before, sum] = [0, 0, 0];
  for (const [place, at] of order.entries()) {
    if (isPositive[at] === 1) positives += 1;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[at]) continue;
    sum += (positives - before) * (positives / (place + 1));
    before = positives;
  }
  return positives > 0 ? sum / positives : null;
}
