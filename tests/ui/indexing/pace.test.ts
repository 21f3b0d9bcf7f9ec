import { describe, expect, it } from 'vitest';
import { pace } from '../../../src/ui/indexing/pace';

describe('pace', () => {
  it('is unknown until something was timed', () => {
    const steps = pace();
    steps.step(0, 1000);
    expect(steps.perSecond()).toBeUndefined();
  });

  it('counts what was done between the first and the last of the recent steps', () => {
    const steps = pace();
    steps.step(0, 0);
    steps.step(10, 1000);
    steps.step(20, 2000);
    expect(steps.perSecond()).toBe(15);
  });

  it('forgets a slow start', () => {
    const steps = pace();
    steps.step(0, 0);
    steps.step(1, 60_000);
    for (let i = 1; i <= 12; i++) steps.step(4, 60_000 + i * 100);
    expect(steps.perSecond()).toBeCloseTo(40);
  });
});
