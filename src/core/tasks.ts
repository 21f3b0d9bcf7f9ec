/**
 * Runs a job after every job that was given before it at the same or a higher level, and settles as the job does.
 * `level` (default 0): a waiting job of a higher level starts first, at the same level the one given first.
 */
export type SerialQueue = <T>(job: () => T | PromiseLike<T>, level?: number) => Promise<T>;

/**
 * A queue that runs one job at a time. A running job is never interrupted, and a job that fails rejects its own
 * promise only: the next one starts all the same.
 */
export function serial(): SerialQueue {
  const waiting: { level: number; start: () => Promise<void> }[] = [];
  let running = false;

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
          resolve(await job());
        } catch (error) {
          reject(error);
        }
      };
      const place = waiting.findIndex((other) => other.level < level);
      waiting.splice(place < 0 ? waiting.length : place, 0, { level, start });
      void drain();
    });
}

/** Turns at the same work, of which the latest alone counts. */
export interface Turns {
  /** Begins a turn, which ends the one before. What it returns says whether that turn still lasts. */
  begin(): () => boolean;
  /** Joins the turn that lasts now: what it returns says whether it still does. */
  join(): () => boolean;
  /** Ends the turn that lasts now: whoever still works in it is to drop what comes of it. */
  end(): void;
}

/** Tells answers that are still wanted from those that come too late. */
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
 * A function that runs `make` when first called and gives every caller the same promise from then on. A failure is
 * forgotten: whoever waits gets it, the next call tries again.
 */
export function once<T>(make: () => T | PromiseLike<T>): () => Promise<T> {
  let shared: Promise<T> | undefined;
  return () => {
    if (shared) return shared;
    const attempt = (async () => make())();
    shared = attempt;
    attempt.catch(() => {
      shared = undefined;
    });
    return attempt;
  };
}
