import { expect, it } from 'vitest';
import { holdLifeLock } from '../../workers/life-lock';

/** Web Locks that are granted when the test says so. */
function locks() {
  const held: Promise<unknown>[] = [];
  const waiting: (() => void)[] = [];
  const request = async (name: string, hold: () => Promise<unknown>) => {
    asked.push(name);
    waiting.push(() => held.push(hold()));
  };
  const asked: string[] = [];
  return { asked, held, grant: () => waiting.shift()?.(), manager: { request } as unknown as LockManager };
}

it('the page is told of a worker’s lock once the worker has it, by the name of both', () => {
  const { asked, grant, manager } = locks();
  const told: string[] = [];
  holdLifeLock({
    name: 'clip 1',
    navigator: { locks: manager },
    postMessage: (name) => void told.push(name),
  });
  expect(asked).toEqual(['clip 1']);
  expect(told).toEqual([]);
  grant();
  expect(told).toEqual(['clip 1']);
});

it('a worker keeps its lock for as long as it lives', async () => {
  const { held, grant, manager } = locks();
  holdLifeLock({ name: 'clip 1', navigator: { locks: manager }, postMessage: () => undefined });
  grant();
  const later = new Promise((resolve) => setImmediate(resolve, 'still held'));
  expect(await Promise.race([...held, later])).toBe('still held');
});

it('a worker without Web Locks tells nothing', () => {
  const told: string[] = [];
  holdLifeLock({ name: 'clip 1', navigator: {}, postMessage: (name) => void told.push(name) });
  expect(told).toEqual([]);
});
