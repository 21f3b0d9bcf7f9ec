import { expect, it } from 'vitest';
import { untilLost } from '../../src/engine/device-loss';
import { deferred } from './fakes';

const never = new Promise<never>(() => undefined);

it('settles as the work does, where there is nothing to lose or nothing is lost', async () => {
  for (const lost of [undefined, never]) {
    const whileAlive = untilLost(lost);
    await expect(whileAlive(Promise.resolve(1))).resolves.toBe(1);
    const error = new Error('of the work itself');
    await expect(whileAlive(Promise.reject(error))).rejects.toBe(error);
  }
});

it('ends all that waits when the device goes, and all that comes after', async () => {
  const { promise, resolve } = deferred<string>();
  const whileAlive = untilLost(promise);
  const waiting = [whileAlive(never), whileAlive(never)];
  const ended = Promise.allSettled(waiting);
  resolve('driver reset');
  const loss = { name: 'DeviceLost', message: 'The GPU stopped: driver reset.' };
  expect(await ended).toMatchObject([
    { status: 'rejected', reason: loss },
    { status: 'rejected', reason: loss },
  ]);
  await expect(whileAlive(Promise.resolve(1))).rejects.toMatchObject(loss);
});

it('leaves what has settled as it is', async () => {
  const { promise, resolve } = deferred<string>();
  const done = untilLost(promise)(Promise.resolve('row'));
  await done;
  resolve('driver reset');
  await promise;
  await expect(done).resolves.toBe('row');
});

it('says so where the device gives no reason', async () => {
  const whileAlive = untilLost(Promise.resolve(''));
  await expect(whileAlive(never)).rejects.toThrow('The GPU stopped: no reason given.');
});
