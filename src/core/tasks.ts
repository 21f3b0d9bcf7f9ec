/** Runs what waits at this level, in call order, while the job that calls it pauses. */
export type LetPass = (level: number) => Promise<void>;

/**
 * Queues a job and settles as it does. Waiting jobs start by `level` (default 0), highest first, then in call order.
 */
export type SerialQueue = <T>(job: (letPass: LetPass) => T | PromiseLike<T>, level?: number) => Promise<T>;

/**
 * A queue that runs one job at a time. A running job is never interrupted, but may let others pass, and a failed job
 * rejects only its own promise.
 */
export function serial(): SerialQueue {
  const waiting: { level: number; start: () => Promise<void> }[] = [];
  let running = false;

  async function letPass(level: number): Promise<void> {
    for (;;) {
      const place = waiting.findIndex((job) => job.level === level);
      if (place < 0) return;
      await waiting.splice(place, 1)[0]?.start();
    }
  }

  async function drain(): Promise<void> {
    if (running) return;
    running = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) await next.start();
    running = false;
  }

  return (job, level = 0) =>
    new Promise((resolve, reject) => {
      const start = async () => {
        try {
          resolve(await job(letPass));
        } catch (error) {
          reject(error);
        }
      };
      const place = waiting.findIndex((other) => other.level < level);
      waiting.splice(place < 0 ? waiting.length : place, 0, { level, start });
      void drain();
    });
}

/** Repeated attempts at the same work, of which only the latest counts. */
export interface Turns {
  /** Starts a turn, which ends the previous one. Returns a function that tells whether this turn is still current. */
  begin(): () => boolean;
  /** Joins the current turn: returns a function that tells whether it is still current. */
  join(): () => boolean;
  /** Ends the current turn: work still running in it must discard its result. */
  end(): void;
}

/** Distinguishes current results from stale ones. */
export function turns(): Turns {
  let latest = 0;
  const join = () => {
    const own = latest;
    return () => own === latest;
  };
  const end = () => {
    latest++;
  };
  return {
    begin() {
      end();
      return join();
    },
    join,
    end,
  };
}

/**
 * A function that runs `make` on the first call, with its arguments, and then returns the same promise to every caller.
 * After a failure, which rejects all waiting callers, the next call tries again.
 */
export function once<T, Given extends unknown[] = []>(
  make: (...given: Given) => T | PromiseLike<T>,
): (...given: Given) => Promise<T> {
  let shared: Promise<T> | undefined;
  return (...given) => {
    if (shared) return shared;
    const attempt = (async () => make(...given))();
    shared = attempt;
    attempt.catch(() => {
      shared = undefined;
    });
    return attempt;
  };
}
