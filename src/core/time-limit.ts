/** Work that must end in time: what a tokenizer does, for the model of this id if known, or the start of a thread. */
export type LimitedWork =
  { readonly by: 'tokenizer'; readonly model?: string | undefined } | { readonly by: 'thread' };

/** What a thread says of such work: the limit when it begins, null when it has ended. */
export type TimeLimit =
  { readonly secondsAllowed: number; readonly work: LimitedWork } | { readonly secondsAllowed: null };

/** In any honest case a thread is started within milliseconds. */
const STARTING_SECONDS = 10;

let announce: (limit: TimeLimit) => void = () => undefined;

/** Passes the limits of this thread's work to `to`, who can end the thread. */
export function announceTimeLimits(to: (limit: TimeLimit) => void): void {
  announce = to;
}

/**
 * Does work that takes milliseconds in any honest case, and lets the thread be ended if it takes longer than `seconds`.
 *
 * Why only such work has a limit: nothing can interrupt a pattern that a stranger's file brings, while how long a tower
 * runs depends on the device alone, and ends.
 */
export function withinSeconds<T>(seconds: number, work: LimitedWork, run: () => T): T {
  announce({ secondsAllowed: seconds, work });
  try {
    return run();
  } finally {
    announce({ secondsAllowed: null });
  }
}

/**
 * Starts a thread by a thread, which can be ended if the start does not return.
 *
 * Why: in Firefox 153, `new Worker` in a worker stood still for good in 6 of 480 first visits on a busy
 * machine (driven by WebDriver BiDi), and with it the worker that had called it.
 */
export function startThread<T>(start: () => T): T {
  return withinSeconds(STARTING_SECONDS, { by: 'thread' }, start);
}

/** The limit in a message of a thread; undefined for any other message. */
export function timeLimitIn(message: unknown): TimeLimit | undefined {
  const isLimit = typeof message === 'object' && message !== null && 'secondsAllowed' in message;
  return isLimit ? (message as TimeLimit) : undefined;
}
