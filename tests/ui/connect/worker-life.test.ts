import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { announceTimeLimits, startThread, withinSeconds } from '../../../src/core/time-limit';
import { watch } from '../../../src/ui/connect/worker-life';
import { settled } from '../fakes';

class FakeWorker extends EventTarget {
  ended = false;

  terminate(): void {
    this.ended = true;
  }

  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

/** A lock that someone else holds until `free`. */
function heldLock() {
  const waiting: (() => unknown)[] = [];
  const names: string[] = [];
  return {
    names,
    free: () => waiting.splice(0).forEach((granted) => granted()),
    request: ((name: string, granted: () => unknown) => {
      names.push(name);
      waiting.push(granted);
      return Promise.resolve();
    }) as LockManager['request'],
  };
}

function watched() {
  const worker = new FakeWorker();
  const lock = heldLock();
  let deaths = 0;
  const life = watch(worker, 'clip', 'clip 1', lock, () => deaths++);
  return { worker, lock, life, deaths: () => deaths };
}

const never = new Promise<never>(() => {});

describe('watch', () => {
  it('settles as the work does while the worker lives', async () => {
    const { life } = watched();
    await expect(life.during(Promise.resolve(3))).resolves.toBe(3);
    await expect(life.during(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it.each(['error', 'messageerror'])(
    'rejects what is in flight at an %s event and ends the worker',
    async (type) => {
      const { worker, life, deaths } = watched();
      const first = life.during(never);
      const second = life.during(never);
      worker.dispatchEvent(new Event(type));
      await expect(first).rejects.toMatchObject({ name: 'WorkerDied' });
      await expect(second).rejects.toMatchObject({ name: 'WorkerDied' });
      expect(worker.ended).toBe(true);
      expect(deaths()).toBe(1);
    },
  );

  it('notices a silent death by the lock coming free', async () => {
    const { worker, lock, life, deaths } = watched();
    const work = life.during(never);
    worker.says('clip 1');
    expect(lock.names).toEqual(['clip 1']);
    lock.free();
    await expect(work).rejects.toMatchObject({ name: 'WorkerDied' });
    expect(deaths()).toBe(1);
  });

  it('does not ask for the lock before the worker holds it, nor twice', () => {
    const { worker, lock } = watched();
    worker.says({ id: 'an answer' });
    expect(lock.names).toEqual([]);
    worker.says('clip 1');
    worker.says('clip 1');
    expect(lock.names).toEqual(['clip 1']);
  });

  it('tells of a death once, however it shows', () => {
    const { worker, lock, deaths } = watched();
    worker.says('clip 1');
    worker.dispatchEvent(new Event('error'));
    lock.free();
    worker.dispatchEvent(new Event('error'));
    expect(deaths()).toBe(1);
  });

  it('rejects work that is begun after the death', async () => {
    const { worker, life } = watched();
    worker.dispatchEvent(new Event('error'));
    await expect(life.during(Promise.resolve(1))).rejects.toMatchObject({ name: 'WorkerDied' });
  });

  it('ends a worker without calling it a death', async () => {
    const { worker, lock, life, deaths } = watched();
    worker.says('clip 1');
    const work = life.during(never);
    life.end();
    await expect(work).rejects.toMatchObject({ name: 'WorkerDied' });
    lock.free();
    await settled();
    expect(worker.ended).toBe(true);
    expect(deaths()).toBe(0);
  });
});

describe('a worker that announced a time limit', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is ended once that has passed, and says for which model', async () => {
    const { worker, life, deaths } = watched();
    const work = life.during(never);
    worker.says({ secondsAllowed: 10, work: { by: 'tokenizer', model: 'odd' } });
    vi.advanceTimersByTime(9_999);
    expect(worker.ended).toBe(false);
    vi.advanceTimersByTime(1);
    await expect(work).rejects.toMatchObject({
      name: 'WorkerDied',
      worker: 'clip',
      heldUp: { by: 'tokenizer', model: 'odd' },
    });
    expect(worker.ended).toBe(true);
    expect(deaths()).toBe(1);
  });

  it('goes on where it ends its work in time, however often', () => {
    const { worker, deaths } = watched();
    for (let round = 0; round < 3; round++) {
      worker.says({ secondsAllowed: 10 });
      vi.advanceTimersByTime(9_000);
      worker.says({ secondsAllowed: null });
      vi.advanceTimersByTime(60_000);
    }
    worker.says({ secondsAllowed: 10 });
    worker.says({ secondsAllowed: 30 });
    vi.advanceTimersByTime(29_000);
    expect([worker.ended, deaths()]).toEqual([false, 0]);
  });

  it('is not blamed for the time that the device slept', () => {
    const { worker, deaths } = watched();
    worker.says({ secondsAllowed: 10 });
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(5_000);
    worker.says({ secondsAllowed: null });
    expect(deaths()).toBe(0);
  });

  it('is not ended twice', () => {
    const { worker, life, deaths } = watched();
    worker.says({ secondsAllowed: 10 });
    life.end();
    vi.advanceTimersByTime(60_000);
    expect(deaths()).toBe(0);
  });
});

it('work within a limit is announced before and after, also where it fails', () => {
  const told: unknown[] = [];
  announceTimeLimits((limit) => void told.push(limit));
  try {
    expect(withinSeconds(10, { by: 'tokenizer', model: 'a' }, () => told.push('work'))).toBe(2);
    const fails = () => {
      throw new Error('no');
    };
    expect(() => withinSeconds(30, { by: 'tokenizer' }, fails)).toThrow('no');
    expect(startThread(() => told.length)).toBe(6);
  } finally {
    announceTimeLimits(() => undefined);
  }
  const end = { secondsAllowed: null };
  expect(told).toEqual([
    { secondsAllowed: 10, work: { by: 'tokenizer', model: 'a' } },
    'work',
    end,
    { secondsAllowed: 30, work: { by: 'tokenizer' } },
    end,
    { secondsAllowed: 10, work: { by: 'thread' } },
    end,
  ]);
});
