import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockPartition } from '../../../tools/embed/partition-lock';

let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'clipscope-lock-'));
  file = path.join(folder, 'lock');
});

afterEach(() => rm(folder, { recursive: true }));

const write = (owner: object) => writeFile(file, JSON.stringify(owner));
const now = Date.now();

/** The id of a process that has ended. */
const ended = spawnSync(process.execPath, ['--version']).pid;

it('lets one in, and the next when that has left', async () => {
  const unlock = await lockPartition(file);
  await expect(lockPartition(file)).rejects.toMatchObject({
    name: 'PartitionBusy',
    message: `Process ${process.pid} is embedding this partition.`,
    todo: expect.stringContaining(file) as string,
  });
  await unlock();
  expect(await readdir(folder)).toEqual([]);
  await (
    await lockPartition(file)
  )();
});

it('lets one of many in that come at once', async () => {
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockPartition(file)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it.each([
  ['ended', { pid: ended, host: os.hostname(), since: now }],
  // Its id is now another's.
  ['was before the machine was started', { pid: process.pid, host: os.hostname(), since: 0 }],
])('takes over the lock of a process that %s', async (_, owner) => {
  await write(owner);
  const unlock = await lockPartition(file);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
  expect(await readdir(folder)).toEqual(['lock']);
  await unlock();
});

it('takes over a lock but once, however many try', async () => {
  await write({ pid: ended, host: os.hostname(), since: now });
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockPartition(file)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('does not take over the lock of another machine, and says which', async () => {
  await write({ pid: ended, host: 'node-7', since: now });
  await expect(lockPartition(file)).rejects.toMatchObject({
    name: 'PartitionBusy',
    message: `Process ${ended} on node-7 has been embedding this partition since ${new Date(now).toISOString()}.`,
    todo: `Let it end. If it no longer runs there, delete ${file}, then run this command again.`,
  });
});
