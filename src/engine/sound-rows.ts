/** How far from 1 the length of an embedding may be; half precision rounds to 11 bits. */
const LENGTH_TOLERANCE = 0.01;

/** What is wrong with embeddings, `[count, dim]`, as "not finite"; undefined if every row has length 1. */
export function faultOf(rows: Float32Array, dim: number): string | undefined {
  for (let start = 0; start < rows.length; start += dim) {
    let square = 0;
    for (let at = start; at < start + dim; at++) square += rows[at]! ** 2;
    const length = Math.sqrt(square);
    if (Math.abs(length - 1) <= LENGTH_TOLERANCE) continue;
    return Number.isFinite(length) ? `of length ${length.toPrecision(2)} instead of 1` : 'not finite';
  }
  return undefined;
}
