import { afterEach, expect, it } from 'vitest';
import { limitStarts } from '../../src/clip/thread-starts';
import { announceTimeLimits } from '../../src/core/time-limit';

afterEach(() => announceTimeLimits(() => undefined));

it('every start of a worker has a limit that ends with it, once however often it is asked for', () => {
  const told: unknown[] = [];
  class Worker {
    readonly given: unknown[];
    constructor(...given: unknown[]) {
      told.push('starts');
      this.given = given;
    }
  }
  const scope = { Worker };
  limitStarts(scope);
  limitStarts(scope);
  announceTimeLimits((limit) => void told.push(limit.secondsAllowed));
  const worker = new scope.Worker('thread.mjs', { type: 'module' });
  expect(worker).toBeInstanceOf(Worker);
  expect(worker.given).toEqual(['thread.mjs', { type: 'module' }]);
  expect(told).toEqual([10, 'starts', null]);
});
