import { describe, expect, it } from 'vitest';
import { batched } from '../../../src/ui/kit/frames';

describe('batched', () => {
  it('runs once for all calls before it, and again after', () => {
    const frames: (() => void)[] = [];
    let runs = 0;
    const ask = batched(
      (work) => frames.push(work),
      () => runs++,
    );
    ask();
    ask();
    expect(frames).toHaveLength(1);
    frames.shift()?.();
    ask();
    expect(frames).toHaveLength(1);
    frames.shift()?.();
    expect(runs).toBe(2);
  });
});
