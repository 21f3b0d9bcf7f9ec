import { describe, expect, it } from 'vitest';
import { isUnsure, sureness } from '../../../src/ui/label/sureness';

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

  it('is the lead of the best label', () => {
    expect(sureness(answer(0.7, 0.2))).toBeCloseTo(0.5);
    expect(sureness(answer())).toBe(0);
  });
});
