import { beforeEach, describe, expect, it } from 'vitest';
import { Awake } from '../../../src/ui/app/awake';
import { settled } from '../fakes';

/** Locks that were given, in order. */
let given: { released: boolean; release: () => Promise<void> }[];
let refuses: boolean;
let page: EventTarget & { visibilityState: DocumentVisibilityState };
let awake: Awake;

const wakeLock = {
  async request() {
    if (refuses) throw new DOMException('The battery is low', 'NotAllowedError');
    const lock = { released: false, release: async () => void (lock.released = true) };
    given.push(lock);
    return lock as unknown as WakeLockSentinel;
  },
};

const held = () => given.filter(({ released }) => !released).length;

async function turn(visibilityState: DocumentVisibilityState): Promise<void> {
  page.visibilityState = visibilityState;
  if (visibilityState === 'hidden') for (const lock of given) lock.released = true;
  page.dispatchEvent(new Event('visibilitychange'));
  await settled();
}

async function work(working: boolean): Promise<void> {
  awake.during(working);
  await settled();
}

beforeEach(() => {
  given = [];
  refuses = false;
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' as const });
  awake = new Awake({ wakeLock, page });
});

describe('Awake', () => {
  it('holds one lock while there is work', async () => {
    await work(false);
    expect(given).toHaveLength(0);
    await work(true);
    await work(true);
    expect([given.length, held()]).toEqual([1, 1]);
    await work(false);
    expect(held()).toBe(0);
  });

  it('lets go of a lock that comes after the work has ended', async () => {
    awake.during(true);
    awake.during(false);
    await settled();
    expect(held()).toBe(0);
  });

  it('asks again when the page is seen again, as long as there is work', async () => {
    await work(true);
    await turn('hidden');
    expect(held()).toBe(0);
    await turn('visible');
    expect([given.length, held()]).toEqual([2, 1]);
    await turn('hidden');
    await work(false);
    await turn('visible');
    expect([given.length, held()]).toEqual([2, 0]);
  });

  it('asks for nothing on a page that is not seen', async () => {
    await turn('hidden');
    await work(true);
    expect(given).toHaveLength(0);
    await turn('visible');
    expect(held()).toBe(1);
  });

  it('bears a refusal, and a browser that has no such locks', async () => {
    refuses = true;
    await work(true);
    expect(given).toHaveLength(0);
    refuses = false;
    await turn('visible');
    expect(held()).toBe(1);
    awake = new Awake({ wakeLock: undefined, page });
    await work(true);
    await work(false);
  });
});
