/** How fast work goes, over its last few steps. */
export interface Pace {
  /** Work of `count` units ended at `time` (milliseconds, rising). */
  step(count: number, time: number): void;
  /** Units a second; undefined until two steps are known. */
  perSecond(): number | undefined;
}

/** Work is timed over this many steps at most, so that a slow start is soon forgotten. */
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
