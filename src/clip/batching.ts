/**
 * Chooses how many pictures go into one run, so that a typed query never waits behind more than about `capMs`,
 * whatever the tower. Starts at 1 and learns from each run.
 */
export interface BatchSizer {
  /** Pictures for the next run: 1..`most`. */
  next(): number;
  /** Tells how long a run of `count` pictures took, in milliseconds. */
  learn(count: number, milliseconds: number): void;
}

export function batchSizer(capMs: number, most: number): BatchSizer {
  let size = 1;
  return {
    next: () => size,
    learn(count, milliseconds) {
      const fitting = Math.floor((capMs * count) / Math.max(milliseconds, 0.001));
      // Doubling at most: the first run of a shape is slow on a GPU, and one quick run proves little.
      size = Math.max(1, Math.min(most, fitting, size * 2));
    },
  };
}
