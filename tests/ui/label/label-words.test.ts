import { describe, expect, it } from 'vitest';
import { TEMPLATE_SETS } from '../../../src/zeroshot/templates';
import {
  foldedText,
  narrowedText,
  sharesText,
  templateText,
  unsureText,
} from '../../../src/ui/label/label-words';

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
    expect(sharesText(0, true)).toBe(sharesText(0, false));
    expect(sharesText(0, false)).toContain('Write two or more');
  });
});

describe('foldedText', () => {
  it.each<[string[], number, string]>([
    [['dog', 'cat'], 0, '2 labels: dog, cat'],
    [['dog'], 1200, '1 label, 1,200 photos unsure: dog'],
    [[], 0, '0 labels'],
  ])('%j with %i unsure', (labels, unsure, text) => {
    expect(foldedText(labels, unsure)).toBe(text);
  });
});

describe('narrowedText', () => {
  it.each([
    [24, 1600, 1600, 'The search leaves 24 of your 1,600 photos.'],
    [0, 1, 1, 'The search leaves none of your 1 photo.'],
    [0, 213, 0, 'No photo here is indexed yet, so the search finds none.'],
  ])('%i of %i, %i indexed', (listed, all, indexed, text) => {
    expect(narrowedText(listed, all, indexed)).toBe(text);
  });
});

it('unsureText tells a guess from a close call', () => {
  expect(unsureText(true)).toContain('only guesses');
  expect(unsureText(false)).toBe('Their best label is weak, or close to the next.');
});
