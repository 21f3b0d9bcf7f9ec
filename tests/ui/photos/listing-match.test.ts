import { describe, expect, it } from 'vitest';
import { alignments, isSameFolder, maySameFolder } from '../../../src/ui/photos/listing-match';

/** Files by path, with their lengths and dates. */
function listing(files: Record<string, readonly [bytes: number, modified: number]>) {
  return new Map(Object.entries(files).map(([path, [bytes, modified]]) => [path, { bytes, modified }]));
}

const CARD = listing({ 'DCIM/1.jpg': [10, 1], 'DCIM/2.jpg': [20, 2], 'DCIM/3.jpg': [30, 3] });

describe('two folders', () => {
  it('that are one have the same files at the same paths', () => {
    const [same, ...others] = alignments(CARD, CARD);
    expect(others).toEqual([]);
    const pairs = [...CARD.keys()].map((path) => [path, path]);
    expect(same).toEqual({ inListing: 'DCIM', inFolder: 'DCIM', shared: 3, same: pairs, dated: [] });
    expect(isSameFolder(same!)).toBe(true);
  });

  it('are still one when some files are new, gone or edited', () => {
    const later = listing({
      'DCIM/2.jpg': [20, 2],
      'DCIM/3.jpg': [30, 3],
      'DCIM/1.jpg': [11, 9],
      'DCIM/4.jpg': [5, 5],
    });
    expect(isSameFolder(alignments(later, CARD)[0]!)).toBe(true);
  });

  it('are not one for their names alone', () => {
    const other = listing({ 'DCIM/1.jpg': [11, 1], 'DCIM/2.jpg': [21, 2] });
    const [alignment] = alignments(other, CARD);
    expect([isSameFolder(alignment!), maySameFolder(alignment!)]).toEqual([false, false]);
    expect(alignments(listing({ 'DCIM/9.jpg': [1, 1] }), CARD)).toEqual([]);
    expect(alignments(listing({ 'Trip/1.jpg': [10, 1] }), CARD)).toEqual([]);
  });

  it('may be one when only the dates differ', () => {
    const dated = listing({ 'DCIM/1.jpg': [10, 3_601], 'DCIM/2.jpg': [20, 3_602] });
    const [alignment] = alignments(dated, CARD);
    expect([isSameFolder(alignment!), maySameFolder(alignment!)]).toEqual([false, true]);
    expect(alignment!.dated).toEqual([
      ['DCIM/1.jpg', 'DCIM/1.jpg'],
      ['DCIM/2.jpg', 'DCIM/2.jpg'],
    ]);
  });

  it('may lie one within the other', () => {
    const parent = listing({
      'Pictures/house.jpg': [1, 1],
      'Pictures/2020/beach.jpg': [2, 2],
      'Pictures/2020/May/x.jpg': [3, 3],
    });
    const child = listing({ '2020/beach.jpg': [2, 2], '2020/May/x.jpg': [3, 3] });
    expect(alignments(child, parent)).toMatchObject([
      {
        inListing: '2020',
        inFolder: 'Pictures/2020',
        same: [
          ['2020/beach.jpg', 'Pictures/2020/beach.jpg'],
          ['2020/May/x.jpg', 'Pictures/2020/May/x.jpg'],
        ],
      },
    ]);
    expect(alignments(parent, child)).toMatchObject([
      {
        inListing: 'Pictures/2020',
        inFolder: '2020',
        same: [
          ['Pictures/2020/beach.jpg', '2020/beach.jpg'],
          ['Pictures/2020/May/x.jpg', '2020/May/x.jpg'],
        ],
      },
    ]);
  });
});
