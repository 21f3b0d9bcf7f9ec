import { softmax as softmaxOf } from '../core/vectors';

/** A label and its probability, 0..1. */
export interface RankedLabel {
  readonly label: string;
  readonly probability: number;
}

/**
 * A label's classifier row: the normalised mean of its prompts' embeddings (open_clip/zero_shot_classifier.py).
 * @param embeddings `[templates, dim]`, row-major, every row of length 1.
 */
export function classifierRow(embeddings: Float32Array, dim: number): Float32Array<ArrayBuffer> {
  const sum = new Float64Array(dim);
  for (let i = 0; i < embeddings.length; i++) sum[i % dim]! += embeddings[i]!;
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => (length > 0 ? value / length : 0));
}

/**
 * A photo's probabilities over the labels, summing to 1.
 * @param cosines The photo's cosine with each label's row, -1..1.
 * @param logitScale Multiplies a cosine to give a logit (`exp(logit_scale)`). A logit bias would have no effect.
 */
export function softmax(cosines: ArrayLike<number>, logitScale: number): Float64Array<ArrayBuffer> {
  return softmaxOf(Float64Array.from(cosines, (cosine) => cosine * logitScale));
}

/**
 * A photo's independent probability of each label, as in SigLIP's training; they need not sum to 1.
 * @param cosines The photo's cosine with each label's row, -1..1.
 * @param logitScale Multiplies a cosine (`exp(logit_scale)`).
 * @param logitBias Added to every logit.
 */
export function sigmoid(
  cosines: ArrayLike<number>,
  logitScale: number,
  logitBias: number,
): Float64Array<ArrayBuffer> {
  return Float64Array.from(cosines, (cosine) => 1 / (1 + Math.exp(-(cosine * logitScale + logitBias))));
}

/** Labels with their probabilities, descending; ties keep their order. */
export function rank(labels: readonly string[], probabilities: ArrayLike<number>): RankedLabel[] {
  return labels
    .map((label, index) => ({ label, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}
