import { describe, expect, it } from 'vitest';
import { latest } from '../../../src/ui/kit/latest';

describe('latest', () => {
  it('runs one at a time, and once more for all calls meanwhile', async () => {
    const ends: (() => void)[] = [];
    let runs = 0;
    const want = latest(() => {
      runs++;
      return new Promise<void>((resolve) => ends.push(resolve));
    });
    want();
    want();
    want();
    expect(runs).toBe(1);
    ends.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(runs).toBe(2);
    ends.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(ends).toHaveLength(0);
    want();
    expect(runs).toBe(3);
  });
});
