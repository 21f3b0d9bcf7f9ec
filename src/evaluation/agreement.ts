/** Of each item (a photo, a query) what one model puts first, second … : labels, or candidates, by any distinct names. */
export type Rankings<Name> = readonly (readonly Name[])[];

/** How far two models agree. */
export interface Agreement {
  /** The share of items with the same first, 0..1. */
  readonly sameFirst: number;
  /** The mean share of the first k that both have, 0..1. */
  readonly overlap: number;
  /** The items by how much the models differ on them, most first. */
  readonly mostDifferent: readonly Difference[];
}

export interface Difference {
  readonly item: number;
  readonly sameFirst: boolean;
  /** The share of the first k that both have, 0..1. */
  readonly overlap: number;
}

/**
 * Compares the rankings of the same items by two models. Of lists shorter than `k`, the longer counts as k. Items are
 * ordered by overlap, then those with another first, then by item. Two empty lists agree.
 * @throws RangeError if there is no item, if the numbers of items differ, or if `k` is below 1
 */
export function agreement<Name>(a: Rankings<Name>, b: Rankings<Name>, k: number): Agreement {
  if (a.length === 0 || a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} rankings`);
  if (!(k >= 1)) throw new RangeError(`There is no overlap of the first ${k}`);
  const differences = a.map((ranking, item): Difference => {
    const [first, second] = [ranking.slice(0, k), b[item]!.slice(0, k)];
    const length = Math.max(first.length, second.length);
    const others = new Set(second);
    const shared = first.filter((name) => others.has(name)).length;
    return { item, sameFirst: first[0] === second[0], overlap: length > 0 ? shared / length : 1 };
  });
  const share = (value: (difference: Difference) => number) =>
    differences.reduce((sum, difference) => sum + value(difference), 0) / differences.length;
  return {
    sameFirst: share(({ sameFirst }) => Number(sameFirst)),
    overlap: share(({ overlap }) => overlap),
    mostDifferent: differences.toSorted(
      (x, y) => x.overlap - y.overlap || Number(x.sameFirst) - Number(y.sameFirst) || x.item - y.item,
    ),
  };
}
