import type { Follower } from '../core/slices';
import type { UnitRows } from '../core/unit-rows';
import { Scores } from './scores';
import { standings } from './standings';
import { topK } from './torch-order';

/** By CLIP_benchmark's names, as fractions. */
export interface ClassificationMetrics {
  readonly acc1: number;
  /** Null where there are fewer than five classes. */
  readonly acc5: number | null;
  /** The mean, over the classes among the targets, of the share of their pictures that are recognised. */
  readonly mean_per_class_recall: number;
}

/** Whatever the model's own logit scale. */
const LOGIT_SCALE = 100;

/** Classes from which on there is a top-5 accuracy. */
export const TOP = 5;

/**
 * Zero-shot classification (CLIP_benchmark, `metrics/zeroshot_classification.py`).
 * @param images one row per picture
 * @param classifier one row per class
 * @param targets each picture's class; a target that is no class of the classifier counts as never recognised
 * @throws RangeError if there is no picture or no class, if a target is missing, if the dims differ, or if a number is
 *   not finite; Cancelled
 */
export async function classification(
  images: UnitRows,
  classifier: UnitRows,
  targets: ArrayLike<number>,
  follower: Follower = {},
): Promise<ClassificationMetrics> {
  const scores = new Scores(images, classifier, LOGIT_SCALE);
  return accuracies(scores, targets, classifier.count >= TOP, follower);
}

/**
 * The accuracies of scores of pictures, the rows, with classes, the columns.
 *
 * Why two rules for equal scores: the reference counts both accuracies in `torch.topk`, and recalls by `argmax`.
 * @throws RangeError if there is no picture or no class, or if a target is missing; Cancelled
 */
export async function accuracies(
  scores: Scores,
  targets: ArrayLike<number>,
  hasTop5: boolean,
  follower: Follower,
): Promise<ClassificationMetrics> {
  const [pictures, classes] = [scores.rows.count, scores.columns.count];
  const listed = hasTop5 ? TOP : 1;
  if (pictures === 0) throw new RangeError('There is no picture to classify');
  if (targets.length !== pictures) throw new RangeError(`${pictures} pictures and ${targets.length} targets`);
  if (classes < listed) throw new RangeError(`There are no ${listed} best of ${classes} classes`);
  const { rows } = await standings(scores, targets, listed, follower);
  let [first, among] = [0, 0];
  const recalls = new Map<number, { seen: number; recognised: number }>();
  for (let picture = 0; picture < pictures; picture++) {
    const target = targets[picture]!;
    const recall = recalls.get(target) ?? { seen: 0, recognised: 0 };
    recalls.set(target, recall);
    recall.seen += 1;
    const [above, equal] = [rows.above[picture]!, rows.equal[picture]!];
    if (above >= listed) continue;
    if (equal === 0) {
      among += 1;
      if (above > 0) continue;
      first += 1;
      recall.recognised += 1;
    } else {
      const logits = scores.ofRow(picture);
      const best = topK(logits, listed);
      if (best.includes(target)) among += 1;
      if (best[0] === target) first += 1;
      if (above === 0 && logits.indexOf(rows.own[picture]!) === target) recall.recognised += 1;
    }
  }
  const shares = [...recalls.values()].map(({ seen, recognised }) => recognised / seen);
  return {
    acc1: first / pictures,
    acc5: hasTop5 ? among / pictures : null,
    mean_per_class_recall: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}
