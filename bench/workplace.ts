import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder of a benchmark's own, and what is to be done when the benchmark ends. */
export interface Workplace {
  readonly folder: string;
  /** To be done at the end, before what was asked for earlier; the folder goes last. */
  atEnd(one: () => unknown): void;
  /** Does `work`, and then, even if that failed, what is to be done at the end. */
  during(work: () => Promise<void>): Promise<void>;
}

/** @param name of the benchmark */
export async function openWorkplace(name: string): Promise<Workplace> {
  const folder = await mkdtemp(path.join(tmpdir(), `clipscope-${name}-`));
  const leave: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  return {
    folder,
    atEnd: (one) => void leave.push(one),
    async during(work) {
      try {
        await work();
      } finally {
        for (const one of leave.reverse()) await one();
      }
    },
  };
}
