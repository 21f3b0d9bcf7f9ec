/** What a thread says of work that must end in time: the limit when it begins, null when it has ended. */
export interface TimeLimit {
  readonly secondsAllowed: number | null;
  /** The model that the work is done for, if one. */
  readonly model?: string | undefined;
}

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
export function withinSeconds<T>(seconds: number, model: string | undefined, work: () => T): T {
  announce({ secondsAllowed: seconds, model });
  try {
    return work();
  } finally {
    announce({ secondsAllowed: null });
  }
}

/** The limit in a message of a thread; undefined for any other message. */
export function timeLimitIn(message: unknown): TimeLimit | undefined {
  const isLimit = typeof message === 'object' && message !== null && 'secondsAllowed' in message;
  return isLimit ? (message as TimeLimit) : undefined;
}
