import { describe, expect, test } from 'vitest';
import { once, serial, turns } from '../../src/core/tasks';
import { deferred } from '../helpers/deferred';

describe('serial', () => {
  test('runs one job at a time, in order, and hands on what each returns', async () => {
    const run = serial();
    const log: string[] = [];
    const gate = deferred<undefined>();
    const first = run(async () => {
      log.push('first begins');
      await gate.promise;
      log.push('first ends');
      return 1;
    });
    const second = run(() => {
      log.push('second');
      return 2;
    });
    expect(log).toEqual(['first begins']);
    gate.resolve(undefined);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(log).toEqual(['first begins', 'first ends', 'second']);
  });

  test('a failure rejects its own promise and no other', async () => {
    const run = serial();
    const results = await Promise.allSettled([
      run(() => Promise.reject(new Error('late'))),
      run(() => {
        throw new Error('at once');
      }),
      run(() => 'fine'),
    ]);
    expect(results).toMatchObject([
      { status: 'rejected', reason: { message: 'late' } },
      { status: 'rejected', reason: { message: 'at once' } },
      { status: 'fulfilled', value: 'fine' },
    ]);
  });

  test('a higher level overtakes what waits, never what runs, and keeps order within its level', async () => {
    const run = serial();
    const log: string[] = [];
    const gate = deferred<undefined>();
    const jobs = [
      run(async () => {
        await gate.promise;
        log.push('running batch');
      }),
      run(() => log.push('batch 1')),
      run(() => log.push('batch 2')),
      run(() => log.push('query 1'), 1),
      run(() => log.push('query 2'), 1),
      run(() => log.push('urgent'), 2),
    ];
    gate.resolve(undefined);
    await Promise.all(jobs);
    expect(log).toEqual(['running batch', 'urgent', 'query 1', 'query 2', 'batch 1', 'batch 2']);
  });

  test('a job may let others of one level pass, which settle as ever, and then goes on', async () => {
    const run = serial();
    const log: string[] = [];
    const gate = deferred<undefined>();
    const first = run(async (letPass) => {
      await gate.promise;
      log.push('first half');
      await letPass(1);
      log.push('second half');
    });
    const others = [
      run(() => log.push('later')),
      run(async () => {
        await Promise.resolve();
        log.push('query 1');
        // Asked for meanwhile, so it passes too.
        others.push(run(() => log.push('query 3'), 1));
      }, 1),
      run(() => Promise.reject(new Error('query 2')), 1),
      run(() => log.push('urgent'), 2),
    ];
    gate.resolve(undefined);
    await first;
    expect(await Promise.allSettled(others)).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
      { reason: { message: 'query 2' } },
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ]);
    expect(log).toEqual(['first half', 'query 1', 'query 3', 'second half', 'urgent', 'later']);
  });

  test('goes on after it has run dry, and takes jobs from within a job', async () => {
    const run = serial();
    expect(await run(() => 'a')).toBe('a');
    let inner: Promise<string> | undefined;
    await run(() => {
      inner = run(() => 'b');
    });
    expect(await inner).toBe('b');
  });
});

describe('once', () => {
  test('all callers share one run, also after it has ended', async () => {
    let runs = 0;
    const gate = deferred<string>();
    const load = once(() => {
      runs++;
      return gate.promise;
    });
    const waiting = [load(), load()];
    gate.resolve('loaded');
    expect(await Promise.all(waiting)).toEqual(['loaded', 'loaded']);
    expect(await load()).toBe('loaded');
    expect(runs).toBe(1);
  });

  test.each([
    ['rejected', () => Promise.reject(new Error('no'))],
    [
      'thrown',
      () => {
        throw new Error('no');
      },
    ],
  ])('a failure that is %s reaches all who wait and is then forgotten', async (_, fail) => {
    let runs = 0;
    const load = once<string>(() => (++runs === 1 ? fail() : 'loaded'));
    const waiting = [load(), load()];
    await expect(waiting[0]).rejects.toThrow('no');
    await expect(waiting[1]).rejects.toThrow('no');
    expect(await load()).toBe('loaded');
    expect(runs).toBe(2);
  });
});

describe('turns', () => {
  test('a turn lasts until the next begins, and never again', () => {
    const latest = turns();
    const first = latest.begin();
    expect(first()).toBe(true);
    const second = latest.begin();
    expect([first(), second()]).toEqual([false, true]);
    latest.begin();
    expect([first(), second()]).toEqual([false, false]);
  });

  test('a turn that is ended leaves none behind it', () => {
    const latest = turns();
    const turn = latest.begin();
    latest.end();
    expect(turn()).toBe(false);
    expect(latest.begin()()).toBe(true);
    expect(turn()).toBe(false);
  });

  test('joining ends no turn and lasts as long as the one joined', () => {
    const latest = turns();
    const before = latest.join();
    expect(before()).toBe(true);
    const turn = latest.begin();
    const joined = latest.join();
    expect([before(), turn(), joined()]).toEqual([false, true, true]);
    latest.end();
    expect([turn(), joined()]).toEqual([false, false]);
  });

  test('turns at one work do not end those at another', () => {
    const [here, elsewhere] = [turns(), turns()];
    const turn = here.begin();
    elsewhere.begin();
    elsewhere.end();
    expect(turn()).toBe(true);
  });
});
