import { describe, expect, it } from 'vitest';
import { scoreScale } from '../../../src/ui/grid/score-scale';

describe('scoreScale', () => {
  it('runs from the median to the best', () => {
    const scale = scoreScale([0.1, 0.3, 0.2, 0.15, 0.12, 0.11]);
    expect(scale(0.3)).toBe(1);
    expect(scale(0.15)).toBeGreaterThan(0);
    expect(scale(0.1)).toBe(0);
  });

  it('is full where all scores are the same', () => {
    expect(scoreScale([0.2, 0.2, 0.2, 0.2, 0.2, 0.2])(0.2)).toBe(1);
  });

  it('takes a few scores from zero', () => {
    expect(scoreScale([0.4, 0.2])(0.2)).toBeCloseTo(0.5);
  });
});
