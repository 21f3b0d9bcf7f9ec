/** The speed of work over its last few steps. */
export interface Pace {
  /** Records that `count` units were finished at `time` (milliseconds, increasing). */
  step(count: number, time: number): void;
  /** Units per second; undefined until there are two steps. */
  perSecond(): number | undefined;
}

/** Maximum number of steps averaged, so that a slow start soon stops counting. */
const WINDOW = 12;

/** A new pace; the first step only starts the clock. */
export function pace(): Pace {
  let steps: { readonly count: number; readonly time: number }[] = [];
  return {
    step(count, time) {
      steps = [...steps.slice(-(WINDOW - 1)), { count, time }];
    },
    perSecond() {
      const first = steps[0];
      const last = steps.at(-1);
      if (!first || !last || last.time <= first.time) return undefined;
      const counted = steps.slice(1).reduce((sum, { count }) => sum + count, 0);
      return (counted * 1000) / (last.time - first.time);
    },
  };
}
