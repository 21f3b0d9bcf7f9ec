import { agreement } from '../../../evaluation/agreement';
import { cosinesOf, type LabelTable } from './label-table';

/** Two columns, by their places, and how far their labels agree. */
export interface PairAgreement {
  readonly pair: readonly [number, number];
  /** The share of photos with the same first label, 0..1. */
  readonly sameFirst: number;
  /** The mean share of the first labels that both have, 0..1. */
  readonly overlap: number;
}

/** How far the labels of several columns agree. */
export interface LabelAgreement {
  /** Every two of them. */
  readonly pairs: readonly PairAgreement[];
  /** The share of photos to which all give the same first label, 0..1. */
  readonly allSame: number;
  /** The photos that all have labelled, those on which they differ most first. */
  readonly photos: readonly number[];
}

/** The labels that are compared, from the first on. */
const FIRST_LABELS = 5;

/** Compares the labels of two or more columns; undefined if no photo has those of all. */
export function labelAgreement(tables: readonly LabelTable[]): LabelAgreement | undefined {
  const [one, ...others] = tables;
  if (!one || others.length === 0) return undefined;
  const ids = [...one.rowOf.keys()].filter((id) => others.every(({ rowOf }) => rowOf.has(id)));
  if (ids.length === 0) return undefined;
  const rankings = tables.map((table) =>
    ids.map((id) => firstPlaces(cosinesOf(table, id)!, FIRST_LABELS).map((place) => table.labels[place]!)),
  );
  const differing = new Float64Array(ids.length);
  const overlapping = new Float64Array(ids.length);
  const pairs = pairsOf(tables.length).map(([a, b]): PairAgreement => {
    const found = agreement(rankings[a]!, rankings[b]!, FIRST_LABELS);
    for (const { item, sameFirst, overlap } of found.mostDifferent) {
      differing[item]! += sameFirst ? 0 : 1;
      overlapping[item]! += overlap;
    }
    return { pair: [a, b], sameFirst: found.sameFirst, overlap: found.overlap };
  });
  const order = [...ids.keys()].sort(
    (a, b) => differing[b]! - differing[a]! || overlapping[a]! - overlapping[b]! || a - b,
  );
  return {
    pairs,
    allSame: differing.filter((count) => count === 0).length / ids.length,
    photos: order.map((item) => ids[item]!),
  };
}

/** Every two of `count`, by place. */
export function pairsOf(count: number): (readonly [number, number])[] {
  const places = Array.from({ length: count }, (_, place) => place);
  return places.flatMap((a) => places.slice(a + 1).map((b) => [a, b] as const));
}

/** Places of the `k` largest, descending; ties by place. */
export function firstPlaces(values: ArrayLike<number>, k: number): number[] {
  const first: number[] = [];
  for (let place = 0; place < values.length; place++) {
    const before = first.findIndex((other) => values[place]! > values[other]!);
    if (before >= 0) first.splice(before, 0, place);
    else if (first.length < k) first.push(place);
    if (first.length > k) first.pop();
  }
  return first;
}

/** The first that more than half of `firsts` have; undefined if there is none. */
export function majorityOf<Name>(firsts: readonly Name[]): Name | undefined {
  return firsts.find((name) => 2 * firsts.filter((other) => other === name).length > firsts.length);
}
