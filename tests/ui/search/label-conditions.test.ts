import { describe, expect, it } from 'vitest';
import { meeting, splitLabels, withLabel } from '../../../src/ui/search/label-conditions';

describe('the conditions on labels in a search line', () => {
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
  ])('of %s', (line, rest, wanted, unwanted) => {
    expect(splitLabels(line)).toEqual({ rest, conditions: { wanted, unwanted } });
  });

  it('are met whatever the case, all of them', () => {
    const meets = meeting({ wanted: ['Beach', 'dog'], unwanted: ['cat'] });
    expect(meets(['beach', 'Dog', 'sea'])).toBe(true);
    expect(meets(['beach'])).toBe(false);
    expect(meets(['beach', 'dog', 'CAT'])).toBe(false);
    expect(meeting({ wanted: ['*'], unwanted: [] })(['x'])).toBe(true);
    expect(meeting({ wanted: ['*'], unwanted: [] })([])).toBe(false);
    expect(meeting({ wanted: [], unwanted: ['*'] })([])).toBe(true);
  });

  it('are replaced by one that is chosen', () => {
    expect(withLabel('two cats label:beach -label:sea', 'palm tree')).toBe('label:"palm tree" two cats');
    expect(withLabel('two cats label:beach', undefined)).toBe('two cats');
    expect(splitLabels(withLabel('', 'dog')).conditions.wanted).toEqual(['dog']);
  });
});
