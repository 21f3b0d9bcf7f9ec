import { randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import process from 'node:process';
import { EmbedFailure } from './embed-failure';
import { createWhole } from './whole-file';

/** Who embeds a partition. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/**
 * Makes this process the only one that writes a partition. A lock whose process has ended is taken over.
 * @returns a function that gives it up
 * @throws PartitionBusy, and the system's errors
 *
 * Why a file with a process id: the partitions of a cluster lie on a shared disk, where the system's own locks hold for one
 * machine or not at all, and a killed process must not stop the next. A process on another machine cannot be asked
 * whether it still runs, so of that the person is told.
 */
export async function lockPartition(file: string): Promise<() => Promise<void>> {
  const own = JSON.stringify({ pid: process.pid, host: os.hostname(), since: Date.now() } satisfies Owner);
  while (!(await createWhole(file, own))) {
    const found = await readFile(file, 'utf8').catch(() => undefined);
    // Given up meanwhile.
    if (found === undefined) continue;
    requireEnded(JSON.parse(found) as Owner, file);
    await takeAway(file, found);
  }
  return () => rm(file, { force: true });
}

/** @throws PartitionBusy unless the process has ended for certain */
function requireEnded({ pid, host, since }: Owner, file: string): void {
  const refuse = (message: string, todo: string) => new EmbedFailure('PartitionBusy', message, todo);
  if (host !== os.hostname())
    throw refuse(
      `Process ${pid} on ${host} has been embedding this partition since ${new Date(since).toISOString()}.`,
      `Let it end. If it no longer runs there, delete ${file}, then run this command again.`,
    );
  const booted = Date.now() - os.uptime() * 1000;
  if (since > booted && isAlive(pid))
    throw refuse(
      `Process ${pid} is embedding this partition.`,
      `Let it end, or stop it, then run this command again. If process ${pid} is another program, delete ${file}.`,
    );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is one too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes a lock as it was found; one that another process has taken meanwhile is put back. */
async function takeAway(file: string, found: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = await readFile(aside, 'utf8');
  if (taken !== found) await createWhole(file, taken);
  await rm(aside);
}
