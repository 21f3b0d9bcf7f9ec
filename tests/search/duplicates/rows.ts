import { normalise, type Vector } from '../../../src/core/vectors';
import { mulberry32 } from '../../../src/core/random';

/** A function that draws unit rows of `dim` numbers, evenly over all directions. */
export function unitRows(dim: number, seed: number): () => Float32Array<ArrayBuffer> {
  const random = mulberry32(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return () => normalise(Float64Array.from({ length: dim }, normal));
}

/** The unit row in the direction of `a` with a share of `b`: for rows at right angles, at `cosine` to `a`. */
export function blend(a: Vector, b: Vector, cosine: number): Float32Array<ArrayBuffer> {
  const sine = Math.sqrt(1 - cosine ** 2);
  return normalise(Float64Array.from(a, (value, i) => cosine * value + sine * (b[i] ?? 0)));
}

/**
 * Unit rows in a narrow cone, as CLIP's are: any two have a cosine of about 0.5. Each fifth begins a cluster, whose other
 * rows have cosines of about 0.93 to 0.99 with it.
 */
export function clusteredRows(count: number, dim: number, seed: number): Float32Array<ArrayBuffer>[] {
  const draw = unitRows(dim, seed);
  const random = mulberry32(seed + 1);
  const middle = draw();
  let first = middle;
  return Array.from({ length: count }, (_, i) => {
    if (i % 5 > 0) return blend(first, draw(), 0.93 + 0.06 * random());
    first = blend(middle, draw(), Math.SQRT1_2);
    return first;
  });
}
