import { describe, expect, it } from 'vitest';
import { TEMPLATE_SETS } from '../../../src/zeroshot/templates';
import { templateText } from '../../../src/ui/label/label-words';

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
