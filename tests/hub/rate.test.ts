import { describe, expect, it } from 'vitest';
import { rateMeter, type Rate } from '../../src/hub/rate';

const TOTAL = 10_000;

/** The last rate of a download that had so many bytes at these times, in milliseconds. */
function rateOf(...samples: readonly (readonly [at: number, done: number])[]): Rate | undefined {
  let now = 0;
  const meter = rateMeter(() => now);
  let rate: Rate | undefined;
  for (const [at, done] of samples) {
    now = at;
    rate = meter(done, TOTAL);
  }
  return rate;
}

describe('rateMeter', () => {
  it.each<[what: string, samples: (readonly [number, number])[], rate: Rate]>([
    [
      'after half a second',
      [
        [0, 0],
        [500, 100],
      ],
      { bytesPerSecond: 200, secondsLeft: 49.5 },
    ],
    [
      'between the first and the last',
      [
        [0, 0],
        [900, 10],
        [1000, 100],
      ],
      { bytesPerSecond: 100, secondsLeft: 99 },
    ],
    [
      'without what was there before',
      [
        [5000, 8000],
        [7000, 9000],
      ],
      { bytesPerSecond: 500, secondsLeft: 2 },
    ],
    [
      'of the last ten seconds',
      [
        [0, 0],
        [1000, 5000],
        [11_000, 6000],
      ],
      { bytesPerSecond: 100, secondsLeft: 40 },
    ],
    [
      'up to the end',
      [
        [0, 0],
        [1000, TOTAL],
      ],
      { bytesPerSecond: TOTAL, secondsLeft: 0 },
    ],
  ])('tells the speed %s', (_, samples, rate) => {
    expect(rateOf(...samples)).toEqual(rate);
  });

  it.each<[what: string, samples: (readonly [number, number])[]]>([
    ['at first', [[0, 0]]],
    [
      'too early',
      [
        [0, 0],
        [499, 100],
      ],
    ],
    [
      'where nothing has come',
      [
        [0, 10],
        [2000, 10],
      ],
    ],
    [
      'where nothing has come for ten seconds',
      [
        [0, 0],
        [1000, 500],
        [6000, 500],
        [11_001, 500],
      ],
    ],
    [
      'after a long silence',
      [
        [0, 0],
        [60_000, 500],
      ],
    ],
  ])('says nothing %s', (_, samples) => {
    expect(rateOf(...samples)).toBeUndefined();
  });
});
