import { describe, expect, it } from 'vitest';
import type { Photo } from '../../../src/ui/photos/photo';
import {
  areNone,
  meeting,
  NO_CONDITIONS,
  splitLine,
  withCondition,
  type Known,
} from '../../../src/ui/search/conditions';

const none = { wanted: [], unwanted: [] };

/** Photos, each with its labels as its name. */
function photo(labels: string, parts: Partial<Photo> = {}): Photo {
  return { id: 1, folder: 1, path: labels, name: labels, bytes: 1, modified: 0, size: undefined, ...parts };
}

const known: Known = {
  labelsOf: ({ name }) => name.split(' ').filter(Boolean),
  cameras: () => ['Canon EOS R6', 'Canon EOS R6 II', 'C-1'],
};

/** Whether a photo meets a line's conditions. */
const meets = (line: string, given: Photo) => meeting(splitLine(line).conditions, known)(given);

describe('the conditions in a search line', () => {
  it.each([
    ['label:beach', '', ['beach'], []],
    ['at night label:beach', 'at night', ['beach'], []],
    ['label:"palm tree" -label:“two dogs” sunset', 'sunset', ['palm tree'], ['two dogs']],
    ['−Label:Dog cat', 'cat', [], ['Dog']],
    ['label:*', '', ['*'], []],
    ['label: beach', 'label: beach', [], []],
    ['a label:', 'a label:', [], []],
    ['relabel:beach', 'relabel:beach', [], []],
    ['label:"unclosed one', '', ['unclosed one'], []],
    ['label:"" x', 'x', [], []],
  ])('of labels, in %s', (line, rest, wanted, unwanted) => {
    expect(splitLine(line)).toEqual({ rest, conditions: { ...NO_CONDITIONS, label: { wanted, unwanted } } });
  });

  it('of cameras and places', () => {
    expect(splitLine('dog camera:"EOS R6" -camera:canon near:1.5,2,1km -near:* near:Paris')).toEqual({
      rest: 'dog     near:Paris',
      conditions: {
        label: none,
        camera: { wanted: ['EOS R6'], unwanted: ['canon'] },
        near: { wanted: [{ latitude: 1.5, longitude: 2, within: 1 }], unwanted: ['*'] },
      },
    });
    expect(areNone(splitLine('near:Paris').conditions)).toBe(true);
    expect(areNone(splitLine('near:*').conditions)).toBe(false);
  });

  it('are met by labels whatever the case, all of them', () => {
    const line = 'label:Beach label:dog -label:cat';
    expect(meets(line, photo('beach Dog sea'))).toBe(true);
    expect(meets(line, photo('beach'))).toBe(false);
    expect(meets(line, photo('beach dog CAT'))).toBe(false);
    expect([meets('label:*', photo('x')), meets('label:*', photo(''))]).toEqual([true, false]);
    expect(meets('-label:*', photo(''))).toBe(true);
  });

  it('are met by a camera’s name in part, unless that is another’s whole name', () => {
    const [old, newer, other] = ['Canon EOS R6', 'Canon EOS R6 II', undefined].map((camera) =>
      photo('', camera === undefined ? {} : { camera }),
    ) as [Photo, Photo, Photo];
    const by = (line: string) => [old, newer, other].map((one) => meets(line, one));
    expect(by('camera:canon')).toEqual([true, true, false]);
    expect(by('camera:"canon eos r6"')).toEqual([true, false, false]);
    expect(by('camera:"eos r6"')).toEqual([true, true, false]);
    expect(by('-camera:"Canon EOS R6"')).toEqual([false, true, true]);
    expect(by('-camera:*')).toEqual([false, false, true]);
  });

  it('are met by where a photo was taken', () => {
    // One minute of latitude, 1.85 km, to the north.
    const given = photo('', { place: { latitude: 10 + 1 / 60, longitude: 20 } });
    expect(meets('near:10,20,2km', given)).toBe(true);
    expect(meets('near:10,20,1km', given)).toBe(false);
    expect(meets('-near:10,20,1km', given)).toBe(true);
    expect(meets('near:10,20', photo(''))).toBe(false);
    expect([meets('near:*', given), meets('near:*', photo('')), meets('-near:*', photo(''))]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are replaced by one that is chosen', () => {
    const line = 'two cats label:beach -label:sea camera:canon';
    expect(withCondition(line, 'label', 'palm tree')).toBe('label:"palm tree" two cats camera:canon');
    expect(withCondition(line, 'label', undefined)).toBe('two cats camera:canon');
    expect(withCondition(line, 'camera', '-*')).toBe('-camera:* two cats label:beach -label:sea');
    expect(withCondition('x near:1,2 near:*', 'near', '3,4,1km')).toBe('near:3,4,1km x');
    expect(splitLine(withCondition('', 'label', 'dog')).conditions.label.wanted).toEqual(['dog']);
  });
});
