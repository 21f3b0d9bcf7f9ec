/** How fast bytes arrive. */
export interface Rate {
  readonly bytesPerSecond: number;
  /** Until all have arrived. */
  readonly secondsLeft: number;
}

/** Seconds that a rate looks back on. */
const WINDOW = 10;

/** Follows a download that `now` (in milliseconds) is the clock of; what was there before does not count as speed. */
export function rateMeter(now: () => number): (done: number, total: number) => Rate | undefined {
  let samples: { readonly at: number; readonly done: number }[] = [];
  return (done, total) => {
    const at = now();
    samples = [...samples.filter((sample) => at - sample.at <= WINDOW * 1000), { at, done }];
    const [first] = samples;
    // Less than half a second tells nothing yet.
    if (first === undefined || at - first.at < 500 || done <= first.done) return undefined;
    const bytesPerSecond = ((done - first.done) * 1000) / (at - first.at);
    return { bytesPerSecond, secondsLeft: (total - done) / bytesPerSecond };
  };
}
