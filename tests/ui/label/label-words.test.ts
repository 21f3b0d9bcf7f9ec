import { describe, expect, it } from 'vitest';
import { TEMPLATE_SETS } from '../../../src/zeroshot/templates';
import { sharesText, templateText } from '../../../src/ui/label/label-words';

describe('templateText', () => {
  it.each([
    ['none', '“cat”'],
    ['single', '“a photo of a cat.”'],
    ['simple', '“itap of a cat.” and 6 more'],
  ])('%s', (id, text) => {
    expect(
      templateText(
        TEMPLATE_SETS.find((set) => set.id === id)!,
        'cat',
      ),
    ).toBe(text);
  });
});

describe('sharesText', () => {
  it('says what labels share, and that one alone has nothing to share with', () => {
    expect(sharesText(3, false)).toBe('Together they add up to 100%.');
    expect(sharesText(1, false)).toContain('Add another label to compare');
    expect(sharesText(1, false)).not.toContain('100%');
    expect(sharesText(1, true)).toBe(sharesText(3, true));
  });
});
