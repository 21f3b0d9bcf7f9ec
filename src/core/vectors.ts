/** A vector of real numbers: a row of embeddings, or a part of one (`subarray`). */
export type Vector = ArrayLike<number>;

/**
 * The smallest norm that `normalise` divides by, so that a zero vector stays zero: the `eps` of PyTorch's
 * `torch.nn.functional.normalize`.
 */
const LEAST_NORM = 1e-12;

/**
 * The dot product, in double precision.
 * @throws RangeError if the lengths differ
 */
export function dot(a: Vector, b: Vector): number {
  if (a.length !== b.length) {
    throw new RangeError(`Vectors of length ${a.length} and ${b.length} have no dot product`);
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** The largest absolute difference of two numbers in the same place; Infinity if the lengths differ or one is NaN. */
export function largestDifference(a: Vector, b: Vector): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

/** Euclidean norm, in double precision. */
export function norm(vector: Vector): number {
  return Math.sqrt(dot(vector, vector));
}

/** Scales `vector` to length 1 in place and returns it. A zero vector stays zero. */
export function normaliseInPlace<V extends Float32Array | Float64Array>(vector: V): V {
  const scale = 1 / Math.max(norm(vector), LEAST_NORM);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * scale;
  return vector;
}

/** A new vector of length 1 in the direction of `vector`, which is not changed. A zero vector gives zeros. */
export function normalise(vector: Vector): Float32Array<ArrayBuffer> {
  // In double precision until the end, so that the norm cannot underflow or overflow float32.
  return Float32Array.from(normaliseInPlace(Float64Array.from(vector)));
}

/**
 * Cosine of the angle between vectors of any length, -1..1 up to rounding; 0 if either is zero.
 * @throws RangeError if the vectors differ in dimension
 */
export function cosine(a: Vector, b: Vector): number {
  const lengths = norm(a) * norm(b);
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}

/** The softmax of logits: shares that sum to 1. The highest is taken off first, so that no exponential overflows. */
export function softmax(logits: Float64Array): Float64Array<ArrayBuffer> {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - highest));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
