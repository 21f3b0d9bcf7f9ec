import type { UnitRows } from '../core/unit-rows';
import { averagePrecision } from './average-precision';
import { Scores } from './scores';

/** By CLIP_benchmark's name, as fractions. */
export interface MultilabelMetrics {
  /** The mean over all classes. */
  readonly mean_average_precision: number;
  /** Of each class. */
  readonly average_precision: readonly number[];
}

const LOGIT_SCALE = 100;

/**
 * Zero-shot classification of pictures that may show things of several classes (CLIP_benchmark,
 * `metrics/zeroshot_classification.py`).
 * @param images one row per picture
 * @param classifier one row per class
 * @param targets `[images, classes]`, row-major: 1 where a picture shows something of a class, else 0
 * @throws RangeError if there is no picture or no class, if the sizes differ, or if a number is not finite
 */
export function multilabel(
  images: UnitRows,
  classifier: UnitRows,
  targets: ArrayLike<number>,
): MultilabelMetrics {
  const [pictures, classes] = [images.count, classifier.count];
  if (pictures === 0 || classes === 0) throw new RangeError(`${pictures} pictures of ${classes} classes`);
  if (targets.length !== pictures * classes) {
    throw new RangeError(`${targets.length} targets of ${pictures} pictures and ${classes} classes`);
  }
  const logits = new Scores(images, classifier, LOGIT_SCALE);
  const average_precision = Array.from({ length: classes }, (_, index) =>
    averagePrecision(
      logits.ofColumn(index),
      Uint8Array.from({ length: pictures }, (__, picture) => targets[picture * classes + index]!),
    ),
  );
  const sum = average_precision.reduce((total, each) => total + each, 0);
  return { mean_average_precision: sum / classes, average_precision };
}
