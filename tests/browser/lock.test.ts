import { expect, test } from 'vitest';
import { tryLock } from '../../src/storage/lock';

test('a lock that is held is taken as soon as it is released', async () => {
  const release = (await tryLock('test: held'))!;
  expect(await tryLock('test: held')).toBeUndefined();
  const waiting = tryLock('test: held', 60_000);
  await release();
  const again = await waiting;
  expect(again).toBeDefined();
  expect(await tryLock('test: held')).toBeUndefined();
  await again!();
  expect(await tryLock('test: held')).toBeDefined();
});

test('a lock that stays held is given up', async () => {
  const release = (await tryLock('test: kept'))!;
  expect(await tryLock('test: kept', 1)).toBeUndefined();
  await release();
  expect(await tryLock('test: kept', 60_000)).toBeDefined();
});
