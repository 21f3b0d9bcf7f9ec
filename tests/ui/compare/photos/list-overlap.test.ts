import { expect, it } from 'vitest';
import { foundOnly, listOverlaps } from '../../../../src/ui/compare/photos/list-overlap';

it('counts what every two lists share, of the longer one', () => {
  expect(listOverlaps([[1, 2, 3], undefined, [3, 4], []])).toEqual([
    { pair: [0, 2], overlap: { shared: 1, length: 3 } },
    { pair: [0, 3], overlap: { shared: 0, length: 3 } },
    { pair: [2, 3], overlap: { shared: 0, length: 2 } },
  ]);
  expect(listOverlaps([[], []])).toEqual([]);
});

it('marks what one list alone has, once there is another', () => {
  const sets = foundOnly([[1, 2, 3], [2, 4], undefined, [3]]);
  expect(sets.map((set) => [...set])).toEqual([[1], [4], [], []]);
  expect(foundOnly([[1, 2], undefined])[0]?.size).toBe(0);
});
