import type { Browser, Page } from 'playwright-core';

/** The longest of what a page's main thread did, in milliseconds. */
export interface Tasks {
  /** A task by the clock, and by the processor. */
  readonly wall: number;
  readonly cpu: number;
  /** What the page itself did in one go. */
  readonly own: number;
  /** A garbage collection, whatever task it falls into. */
  readonly collection: number;
}

/** The name that a trace gives the thread of a page's worker. */
const WORKER = 'DedicatedWorker thread';

/** What a trace calls the page's own work: handlers, frames, callbacks, and the layout and paint they cause. */
const OWN_WORK: ReadonlySet<string> = new Set([
  'EventDispatch',
  'FireAnimationFrame',
  'FunctionCall',
  'RunMicrotasks',
  'UpdateLayoutTree',
  'Layout',
  'PrePaint',
  'Paint',
]);

const COLLECTIONS: ReadonlySet<string> = new Set(['MajorGC', 'MinorGC']);

interface Trace {
  readonly traceEvents: readonly {
    readonly name: string;
    readonly ph: string;
    readonly pid: number;
    readonly tid: number;
    readonly dur?: number;
    readonly tdur?: number;
    readonly args?: { readonly name?: string };
  }[];
}

/** The tasks of `page` while `work` is done, and what its workers took of the processor meanwhile, in milliseconds. */
export async function longestTasks(
  page: Page,
  browser: Browser,
  work: () => Promise<unknown>,
): Promise<Tasks & { readonly workers: number }> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as Trace;
  const eventsOf = (thread: string) => {
    const named = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === thread);
    const isMeant = new Set(named.map(({ pid, tid }) => `${pid} ${tid}`));
    return traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && isMeant.has(`${pid} ${tid}`));
  };
  const events = eventsOf('CrRendererMain');
  const tasks = events.filter(isTask);
  if (tasks.length === 0) throw new Error('The trace holds no task of the main thread');
  const longest = (names: ReadonlySet<string>) =>
    most(events.filter(({ name }) => names.has(name)).map(({ dur = 0 }) => dur)) / 1000;
  return {
    wall: most(tasks.map(({ dur = 0 }) => dur)) / 1000,
    cpu: most(tasks.map(({ tdur = 0 }) => tdur)) / 1000,
    own: longest(OWN_WORK),
    collection: longest(COLLECTIONS),
    workers:
      eventsOf(WORKER)
        .filter(isTask)
        .reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000,
  };
}

const isTask = ({ name }: { readonly name: string }): boolean => name.endsWith('RunTask');

/** The largest of any number of values; 0 of none. */
function most(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
