/**
 * Chooses the batch size of a run so that a typed query waits at most about `capMs`, whatever the tower. Starts at 1
 * and learns from each run.
 */
export interface BatchSizer {
  /** Batch size of the next run, a power of two in 1..`most`: on a GPU other sizes are padded to one. */
  next(): number;
  /** Records how long a run of `count` inputs took, in milliseconds. */
  learn(count: number, milliseconds: number): void;
}

/** @param most a power of two */
export function batchSizer(capMs: number, most: number): BatchSizer {
  let size = 1;
  return {
    next: () => size,
    learn(count, milliseconds) {
      const fitting = Math.max(1, (capMs * count) / Math.max(milliseconds, 0.001));
      // At most doubled: the first run of a shape is slow on a GPU, and one fast run proves little.
      size = Math.min(most, size * 2, 2 ** Math.floor(Math.log2(fitting)));
    },
  };
}
