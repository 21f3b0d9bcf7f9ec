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

/** Traces `page` while `work` is done. */
export async function longestTasks(
  page: Page,
  browser: Browser,
  work: () => Promise<unknown>,
): Promise<Tasks> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as Trace;
  const main = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const isMain = new Set(main.map(({ pid, tid }) => `${pid} ${tid}`));
  const events = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && isMain.has(`${pid} ${tid}`));
  const tasks = events.filter(({ name }) => name.endsWith('RunTask'));
  if (tasks.length === 0) throw new Error('The trace holds no task of the main thread');
  const longest = (names: ReadonlySet<string>) =>
    most(events.filter(({ name }) => names.has(name)).map(({ dur = 0 }) => dur)) / 1000;
  return {
    wall: most(tasks.map(({ dur = 0 }) => dur)) / 1000,
    cpu: most(tasks.map(({ tdur = 0 }) => tdur)) / 1000,
    own: longest(OWN_WORK),
    collection: longest(COLLECTIONS),
  };
}

/** The largest of any number of values; 0 of none. */
function most(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
