/**
 * Chooses how many inputs go into one run, so that a typed query never waits behind more than about `capMs`, whatever
 * the tower. Starts at 1 and learns from each run.
 */
export interface BatchSizer {
  /** Inputs for the next run, a power of two in 1..`most`: a GPU pads other batches to the next one. */
  next(): number;
  /** Tells how long a run of `count` inputs took, in milliseconds. */
  learn(count: number, milliseconds: number): void;
}

/** @param most a power of two */
export function batchSizer(capMs: number, most: number): BatchSizer {
  let size = 1;
  return {
    next: () => size,
    learn(count, milliseconds) {
      const fitting = Math.max(1, (capMs * count) / Math.max(milliseconds, 0.001));
      // Doubling at most: the first run of a shape is slow on a GPU, and one quick run proves little.
      size = Math.min(most, size * 2, 2 ** Math.floor(Math.log2(fitting)));
    },
  };
}
