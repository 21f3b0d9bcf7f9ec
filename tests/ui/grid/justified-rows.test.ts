import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { justifiedRows, type Layout, type Place } from '../../../src/ui/grid/justified-rows';

const shapes = fc.array(fc.double({ min: 0.4, max: 3.5, noNaN: true }), { minLength: 1, maxLength: 60 });
const options = fc.record({
  width: fc.integer({ min: 320, max: 3840 }),
  rowHeight: fc.integer({ min: 80, max: 480 }),
  gap: fc.integer({ min: 0, max: 12 }),
});

function placesOf(layout: Layout): Place[] {
  return Array.from({ length: layout.length }, (_, i) => layout.at(i)!);
}

function rowsOf(places: readonly Place[]): Place[][] {
  const rows: Place[][] = [];
  for (const place of places) (rows[place.row] ??= []).push(place);
  return rows;
}

describe('justifiedRows', () => {
  it('fills every row but the last to the pixel, with equal gaps', () => {
    fc.assert(
      fc.property(shapes, options, (aspects, { width, rowHeight, gap }) => {
        const layout = justifiedRows(aspects, { width, rowHeight, gap });
        const places = placesOf(layout);
        expect(places).toHaveLength(aspects.length);
        const rows = rowsOf(places);
        let top = 0;
        for (const [i, row] of rows.entries()) {
          let left = 0;
          for (const place of row) {
            expect(place).toMatchObject({ left, top, height: row[0]!.height, row: i });
            left += place.width + gap;
          }
          const used = left - gap;
          expect(used).toBeLessThanOrEqual(width);
          if (i < rows.length - 1) expect(used).toBe(width);
          top += row[0]!.height + gap;
        }
        expect(layout.height).toBe(top - gap);
      }),
    );
  });

  it('keeps the shape of each picture to within a pixel', () => {
    fc.assert(
      fc.property(shapes, options, (aspects, given) => {
        const places = placesOf(justifiedRows(aspects, given));
        for (const [i, { width, height }] of places.entries()) {
          // The height is rounded once a row, each width once.
          expect(Math.abs(width - aspects[i]! * height)).toBeLessThanOrEqual(1.01 + 0.5 * aspects[i]!);
        }
      }),
    );
  });

  it('comes as near to the wanted height as whole pictures allow', () => {
    const places = placesOf(justifiedRows(Array(12).fill(1), { width: 1000, rowHeight: 200, gap: 0 }));
    expect(rowsOf(places).map((row) => row.length)).toEqual([5, 5, 2]);
    expect(places.every(({ height }) => height === 200)).toBe(true);
  });

  it('does not blow up the last row, and shows a banner no wider than the grid', () => {
    const places = placesOf(justifiedRows([1, 20], { width: 600, rowHeight: 200, gap: 4 }));
    expect(places.every(({ height }) => height <= 200)).toBe(true);
    expect(places.every(({ left, width }) => left + width <= 600)).toBe(true);
  });

  it('takes shapes that are none as squares', () => {
    const places = placesOf(justifiedRows([NaN, 0, -1], { width: 2000, rowHeight: 100, gap: 0 }));
    expect(places.map(({ width, height }) => [width, height])).toEqual(Array(3).fill([100, 100]));
  });

  it('has nothing to lay out without pictures', () => {
    const layout = justifiedRows([], { width: 500, rowHeight: 100, gap: 4 });
    expect([layout.length, layout.height, layout.at(0)]).toEqual([0, 0, undefined]);
  });
});

describe('the neighbour', () => {
  // Two rows: three squares above two wide ones.
  const layout = justifiedRows([1, 1, 1, 1.5, 1.5], { width: 300, rowHeight: 100, gap: 0 });

  it.each([
    [0, 'ArrowRight', 1],
    [2, 'ArrowRight', 3],
    [4, 'ArrowRight', 4],
    [3, 'ArrowLeft', 2],
    [0, 'ArrowLeft', 0],
    [0, 'ArrowDown', 3],
    [2, 'ArrowDown', 4],
    [4, 'ArrowDown', 4],
    [4, 'ArrowUp', 2],
    [1, 'ArrowUp', 1],
    [1, 'Home', 0],
    [1, 'End', 4],
  ] as const)('from %i with %s leads to %i', (from, key, to) => {
    expect(layout.neighbour(from, key)).toBe(to);
  });

  it('stays where there are no pictures', () => {
    const none = justifiedRows([], { width: 500, rowHeight: 100, gap: 4 });
    expect(none.neighbour(3, 'ArrowDown')).toBe(0);
  });
});

describe('what is near the view', () => {
  const layout = justifiedRows(Array(1000).fill(1), { width: 400, rowHeight: 100, gap: 0 });

  it('takes all of a short list', () => {
    expect(layout.near({ screens: 500, height: 100 }, 1000)).toEqual([0, 1000]);
  });

  it('takes whole rows around what is seen of a long one', () => {
    const [first, end] = layout.near({ screens: 3, height: 800 }, 10);
    expect(first % 4).toBe(0);
    expect(layout.at(first)!.top).toBeLessThanOrEqual(1600);
    expect(layout.at(end)!.top).toBeGreaterThan(4800);
    expect(end - first).toBeLessThan(200);
  });

  it('reaches to the end of the list and not beyond', () => {
    expect(layout.near({ screens: 40, height: 800 }, 10)[1]).toBe(1000);
  });
});

describe('a divider', () => {
  const square = { width: 300, rowHeight: 100, gap: 4 };
  const layout = justifiedRows(Array(9).fill(1), { ...square, divider: { before: 4, height: 28 } });

  it('begins a row of its own, below room as high as it is', () => {
    const places = placesOf(layout);
    const above = places[3]!;
    const below = places[4]!;
    expect(below.left).toBe(0);
    expect(below.top).toBe(above.top + above.height + 4 + 28 + 4);
    const plain = placesOf(justifiedRows(Array(4).fill(1), square));
    expect(places.slice(0, 4)).toEqual(plain);
  });

  it('is passed by the arrows up and down', () => {
    expect(layout.neighbour(3, 'ArrowDown')).toBe(4);
    expect(layout.neighbour(4, 'ArrowUp')).toBe(3);
  });

  it('may come before all, or not at all', () => {
    const first = justifiedRows([1, 1], { ...square, divider: { before: 0, height: 28 } });
    expect(first.at(0)?.top).toBe(32);
    expect(first.neighbour(0, 'ArrowUp')).toBe(0);
    const none = justifiedRows([1, 1], { ...square, divider: { before: 2, height: 28 } });
    expect(placesOf(none)).toEqual(placesOf(justifiedRows([1, 1], square)));
  });
});
