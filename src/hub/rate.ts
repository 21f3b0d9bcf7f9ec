/** Download speed. */
export interface Rate {
  readonly bytesPerSecond: number;
  /** Estimated time remaining. */
  readonly secondsLeft: number;
}

/** Length of the averaging window, in seconds. */
const WINDOW = 10;

/** Measures a download by the clock `now` (in milliseconds), ignoring bytes present at the start. */
export function rateMeter(now: () => number): (done: number, total: number) => Rate | undefined {
  let samples: { readonly at: number; readonly done: number }[] = [];
  return (done, total) => {
    const at = now();
    samples = [...samples.filter((sample) => at - sample.at <= WINDOW * 1000), { at, done }];
    const [first] = samples;
    // Less than half a second is too short to measure.
    if (first === undefined || at - first.at < 500 || done <= first.done) return undefined;
    const bytesPerSecond = ((done - first.done) * 1000) / (at - first.at);
    return { bytesPerSecond, secondsLeft: (total - done) / bytesPerSecond };
  };
}
