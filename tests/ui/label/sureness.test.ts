import { describe, expect, it } from 'vitest';
import { isLikelyPhoto, isUnsure, sureness } from '../../../src/ui/label/sureness';

describe('sureness', () => {
  const answer = (...shares: number[]) => shares.map((probability, i) => ({ label: `${i}`, probability }));

  it.each([
    [answer(0.9, 0.1), false],
    [answer(0.5, 0.3), true],
    [answer(0.25, 0.1), true],
    [answer(0.4, 0.19), false],
    [answer(1), false],
    [answer(), false],
  ])('%j is unsure: %s', (ranked, unsure) => {
    expect(isUnsure(ranked)).toBe(unsure);
  });

  it('is none where the model only guesses, as long as there is a choice', () => {
    expect(isUnsure(answer(0.9, 0.1), true)).toBe(true);
    expect(isUnsure(answer(1), true)).toBe(false);
  });

  it('is the lead of the best label', () => {
    expect(sureness(answer(0.7, 0.2))).toBeCloseTo(0.5);
    expect(sureness(answer())).toBe(0);
  });
});

it.each<[{ readonly name: string; readonly camera?: string }, boolean]>([
  [{ name: 'IMG_0001.JPG' }, true],
  [{ name: 'photo.jpeg' }, true],
  [{ name: 'IMG_0002.HEIC' }, true],
  [{ name: 'scan.png', camera: 'Canon EOS R6' }, true],
  [{ name: 'drawing.png' }, false],
  [{ name: 'jpg.svg' }, false],
  [{ name: 'album-001.webp' }, false],
])('%j is likely a photo: %s', (picture, isPhoto) => {
  expect(isLikelyPhoto(picture)).toBe(isPhoto);
});
