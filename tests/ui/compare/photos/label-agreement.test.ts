import { describe, expect, it } from 'vitest';
import {
  firstPlaces,
  labelAgreement,
  majorityOf,
  pairsOf,
} from '../../../../src/ui/compare/photos/label-agreement';
import type { LabelTable } from '../../../../src/ui/compare/photos/label-table';

const LABELS = ['cat', 'dog', 'owl'];

/** A table of photos with these cosines. */
function table(photos: Readonly<Record<number, readonly number[]>>): LabelTable {
  const ids = Object.keys(photos).map(Number);
  return {
    labels: LABELS,
    rowOf: new Map(ids.map((id, row) => [id, row])),
    cosines: Float32Array.from(Object.values(photos).flat()),
    logitScale: 100,
    logitBias: null,
  };
}

describe('labelAgreement', () => {
  const a = table({ 1: [0.3, 0.2, 0.1], 2: [0.1, 0.3, 0.2], 5: [0.1, 0.2, 0.3], 9: [0, 0, 1] });
  const b = table({ 1: [0.3, 0.2, 0.1], 2: [0.3, 0.1, 0.2], 5: [0.3, 0.2, 0.1] });
  const c = table({ 2: [0.2, 0.1, 0.3], 1: [0.4, 0.1, 0.2], 5: [0.1, 0.2, 0.4] });

  it('counts the photos that all have, and orders those first on which most differ', () => {
    expect(labelAgreement([a, b, c])).toEqual({
      pairs: [
        { pair: [0, 1], sameFirst: 1 / 3, overlap: 1 },
        { pair: [0, 2], sameFirst: 2 / 3, overlap: 1 },
        { pair: [1, 2], sameFirst: 1 / 3, overlap: 1 },
      ],
      allSame: 1 / 3,
      photos: [2, 5, 1],
    });
  });

  it('has nothing to say of one model, or of photos that only one has labelled', () => {
    expect(labelAgreement([])).toBeUndefined();
    expect(labelAgreement([a])).toBeUndefined();
    expect(labelAgreement([table({ 1: [1, 0, 0] }), table({ 2: [1, 0, 0] })])).toBeUndefined();
  });
});

it.each([
  [[0.1, 0.5, 0.3], 2, [1, 2]],
  [[0.5, 0.5, 0.5, 0.6], 3, [3, 0, 1]],
  [[1], 5, [0]],
  [[], 5, []],
])('the first of %j, %i at most, are at %j', (values, k, places) => {
  expect(firstPlaces(values, k)).toEqual(places);
});

it('makes pairs of every two', () => {
  expect(pairsOf(1)).toEqual([]);
  expect(pairsOf(3)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
});

it.each([
  [['a', 'a', 'b'], 'a'],
  [['a', 'b'], undefined],
  [['a', 'b', 'a', 'b'], undefined],
  [['b', 'a', 'b', 'b'], 'b'],
])('more than half of %j have %s', (firsts, name) => {
  expect(majorityOf(firsts)).toBe(name);
});
