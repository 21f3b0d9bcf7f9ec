/** The queries nearest to each of some rows. */
export interface NearestQueries {
  /** The id of each row. */
  readonly ids: Int32Array<ArrayBuffer>;
  /** Number of queries given for a row. */
  readonly each: number;
  /** `[ids.length, each]`, row-major: places of queries, by cosine descending, then in their order. */
  readonly queries: Int32Array<ArrayBuffer>;
  /** `[ids.length, each]`, row-major: their cosines, -1..1. */
  readonly cosines: Float32Array<ArrayBuffer>;
  /**
   * Of each row, ln Σ exp(scale · cosine) over all queries, also those not given: with it, the softmax over all of them is
   * known from the cosine of any.
   */
  readonly logSums: Float64Array<ArrayBuffer>;
}

/**
 * The `most` queries nearest to each row.
 * @param cosines `[ids.length, count]`, row-major; one that is no number comes last
 * @param count number of queries
 * @param scale of `logSums`, > 0
 */
export function nearestQueries(
  ids: Int32Array<ArrayBuffer>,
  cosines: Float32Array,
  count: number,
  most: number,
  scale: number,
): NearestQueries {
  const each = Math.min(most, count);
  const nearest = new Int32Array(ids.length * each);
  const nearestCosines = new Float32Array(ids.length * each);
  const logSums = new Float64Array(ids.length);
  for (let row = 0; row < ids.length; row++) {
    const own = cosines.subarray(row * count, (row + 1) * count);
    const places = nearest.subarray(row * each, (row + 1) * each);
    take(own, places);
    for (let at = 0; at < each; at++) nearestCosines[row * each + at] = own[places[at]!]!;
    logSums[row] = logSum(own, scale);
  }
  return { ids, each, queries: nearest, cosines: nearestCosines, logSums };
}

/** Fills `places` with those of the highest cosines, descending. */
// Why by insertion: a few are wanted of a thousand, and nearly all are turned away by one comparison.
function take(cosines: Float32Array, places: Int32Array): void {
  if (places.length === cosines.length) {
    const all = Array.from(cosines.keys());
    places.set(all.sort((a, b) => height(cosines[b]!) - height(cosines[a]!) || a - b));
    return;
  }
  let taken = 0;
  for (let place = 0; place < cosines.length; place++) {
    const cosine = height(cosines[place]!);
    if (taken === places.length && !(cosine > height(cosines[places[taken - 1]!]!))) continue;
    let at = Math.min(taken, places.length - 1);
    while (at > 0 && height(cosines[places[at - 1]!]!) < cosine) {
      places[at] = places[at - 1]!;
      at--;
    }
    places[at] = place;
    taken = Math.min(taken + 1, places.length);
  }
}

function height(cosine: number): number {
  return Number.isNaN(cosine) ? -2 : cosine;
}

/** ln Σ exp(scale · cosine). The highest is taken off first, so that no exponential overflows. */
function logSum(cosines: Float32Array, scale: number): number {
  let highest = -Infinity;
  for (const cosine of cosines) highest = Math.max(highest, cosine * scale);
  let sum = 0;
  for (const cosine of cosines) sum += Math.exp(cosine * scale - highest);
  return highest + Math.log(sum);
}
