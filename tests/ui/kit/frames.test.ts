import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { batched, nextFrame } from '../../../src/ui/kit/frames';
import { until } from '../fakes';

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

describe('the next frame', () => {
  let frames: Map<number, () => void>;
  let page: EventTarget & { visibilityState: DocumentVisibilityState };
  let runs: number;
  const wait = () => nextFrame(() => runs++);

  beforeEach(() => {
    [frames, runs] = [new Map(), 0];
    page = Object.assign(new EventTarget(), { visibilityState: 'visible' as const });
    vi.stubGlobal('document', page);
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => {
      frames.set(frames.size + 1, run);
      return frames.size;
    });
    vi.stubGlobal('cancelAnimationFrame', (frame: number) => frames.delete(frame));
    // A hidden page's timers hardly run: these never do.
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is waited for on a page that is seen', () => {
    wait();
    expect([runs, frames.size]).toEqual([0, 1]);
    frames.get(1)?.();
    page.dispatchEvent(new Event('visibilitychange'));
    expect(runs).toBe(1);
  });

  it('is none on a hidden page: work goes on there, in a task of its own, without a timer', async () => {
    page.visibilityState = 'hidden';
    wait();
    expect([runs, frames.size]).toEqual([0, 0]);
    await until(() => runs === 1);
  });

  it('is not waited for any more once the page is hidden', () => {
    wait();
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    page.dispatchEvent(new Event('visibilitychange'));
    expect([runs, frames.size]).toEqual([1, 0]);
  });
});
