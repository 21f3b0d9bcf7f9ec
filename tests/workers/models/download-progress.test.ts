import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../workers/api';
import { downloadProgress } from '../../../workers/models/download-progress';

const TOTAL = 1000;

/** A download under a clock of its own, and what was told of it. */
function begin() {
  const file = { arrived: 0, byteLength: TOTAL };
  const clock = { now: 0 };
  const told: Progress[] = [];
  const progress = downloadProgress(
    file,
    (one) => void told.push(one),
    () => clock.now,
  );
  return {
    file,
    clock,
    told,
    progress,
    /** Bytes that have arrived by a time in milliseconds. */
    arrive(arrived: number, at: number): void {
      file.arrived = arrived;
      clock.now = at;
      progress.arrived();
    },
  };
}

describe('downloadProgress', () => {
  it('tells how far the download is, and how fast after half a second', () => {
    const { arrive, told } = begin();
    arrive(100, 0);
    arrive(300, 1000);
    expect(told).toEqual([
      { stage: 'downloading', done: 100, total: TOTAL },
      { stage: 'downloading', done: 300, total: TOTAL, bytesPerSecond: 200, secondsLeft: 3.5 },
    ]);
  });

  it('tells at most ten times a second, and the last byte always', () => {
    const { arrive, told } = begin();
    for (const at of [0, 50, 99, 100, 150, 199, 210]) arrive(at + 1, at);
    arrive(TOTAL, 220);
    arrive(TOTAL, 221);
    expect(told.map(({ done }) => done)).toEqual([1, 101, 211, 0, 0]);
  });

  it('tells of the conversion only once all has arrived, then of what is left of the check', () => {
    const { arrive, clock, told, progress } = begin();
    arrive(500, 0);
    clock.now = 200;
    progress.converted(400);
    clock.now = 400;
    progress.verified(450);
    arrive(TOTAL, 600);
    clock.now = 800;
    progress.converted(700);
    progress.converted(TOTAL);
    progress.verified(TOTAL);
    expect(told.map(({ stage, done, total }) => [stage, done, total])).toEqual([
      ['downloading', 500, TOTAL],
      ['downloading', 500, TOTAL],
      ['downloading', 500, TOTAL],
      ['storing', 400, TOTAL],
      ['storing', 700, TOTAL],
      ['verifying', 450, TOTAL],
      ['verifying', TOTAL, TOTAL],
    ]);
  });

  it('tells at once that the image tower is there, and again each time after', () => {
    const { arrive, told, progress } = begin();
    arrive(500, 0);
    progress.imageTower();
    arrive(600, 100);
    expect(told.map(({ imageTowerReady }) => imageTowerReady)).toEqual([undefined, true, true]);
  });

  it('has ended only when the page knows', async () => {
    let answer = (): void => undefined;
    const known = new Promise<void>((resolve) => (answer = resolve));
    const file = { arrived: TOTAL, byteLength: TOTAL };
    const progress = downloadProgress(
      file,
      () => known,
      () => 0,
    );
    const order: string[] = [];
    const ended = progress.ended().then(() => order.push('ended'));
    await Promise.resolve();
    order.push('known');
    answer();
    await ended;
    expect(order).toEqual(['known', 'ended']);
  });
});
