import { describe, expect, it } from 'vitest';
import { rangeOf, scoreScale } from '../../../src/ui/grid/score-scale';

describe('scoreScale', () => {
  it('runs from the low score to the high one, and no further', () => {
    const scale = scoreScale({ low: 0.2, high: 0.4 });
    expect([0.1, 0.2, 0.4, 0.5].map(scale)).toEqual([0, 0, 1, 1]);
    expect(scale(0.3)).toBeCloseTo(0.5);
  });

  it('is full where all scores are the same', () => {
    expect(scoreScale({ low: 0.2, high: 0.2 })(0.2)).toBe(1);
  });
});

describe('rangeOf', () => {
  it('runs from the median to the best', () => {
    expect(rangeOf([0.1, 0.3, 0.2, 0.15, 0.12, 0.11])).toEqual({ low: 0.12, high: 0.3 });
  });

  it('takes a few scores from zero', () => {
    expect(rangeOf([0.4, 0.2])).toEqual({ low: 0, high: 0.4 });
    expect(rangeOf([-0.2, -0.4])).toEqual({ low: -0.2, high: -0.2 });
  });
});
