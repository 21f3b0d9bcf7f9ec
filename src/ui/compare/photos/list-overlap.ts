import { agreement } from '../../../evaluation/agreement';
import { pairsOf } from './label-agreement';

type Lists = readonly (readonly number[] | undefined)[];

/** Two lists, by their places, and what they have in common. */
export interface ListOverlap {
  readonly pair: readonly [number, number];
  /** Of the longer list's length. */
  readonly overlap: { readonly shared: number; readonly length: number };
}

/** What every two lists have in common. Lists that are not there yet are left out. */
export function listOverlaps(lists: Lists): ListOverlap[] {
  return pairsOf(lists.length).flatMap(([a, b]): ListOverlap[] => {
    const [one, other] = [lists[a], lists[b]];
    if (!one || !other) return [];
    const length = Math.max(one.length, other.length);
    if (length === 0) return [];
    const { overlap } = agreement([one], [other], length);
    return [{ pair: [a, b], overlap: { shared: Math.round(overlap * length), length } }];
  });
}

/** For each list the ids that no other has. Lists that are not there yet are left out. */
export function foundOnly(lists: Lists): ReadonlySet<number>[] {
  const isAlone = lists.filter((list) => list !== undefined).length < 2;
  return lists.map((list, at) => {
    if (!list || isAlone) return new Set();
    const others = new Set(lists.flatMap((other, place) => (place === at ? [] : (other ?? []))));
    return new Set(list.filter((id) => !others.has(id)));
  });
}
