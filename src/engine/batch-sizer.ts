/**
 * Chooses the batch size of a run so that a typed query waits at most about `capMs`, whatever the tower, and
 * learns from each run.
 */
export interface BatchSizer {
  /** Batch size of the next run, a power of two in 1..`most`: on a GPU other sizes are padded to one. */
  next(): number;
  /** Records how long a run of `count` inputs took, in milliseconds. */
  learn(count: number, milliseconds: number): void;
}

/** Target duration of a run, in milliseconds: the longest that a typed query should wait behind one. */
export const LONGEST_RUN = 300;

/** Pictures of a run. On wasm more than 8 at once are no faster, and the last batch of an album keeps all waiting. */
export const MOST_PICTURES = { webgpu: 32, wasm: 8 } as const;

/** A size that seems to take no more than so many times `capMs` is tried all the same. */
const HOPE = 1.5;

/** Runs, however long, after which a size that took too long is tried again: the device may have been busy. */
const REST = 32;

/**
 * Why a size is tried that seems to take too long: that twice as many inputs take twice as long is only a guess. In
 * int8 arithmetic eight pictures take as long as five or six alone, which a tower that is never given more would not
 * show.
 * @param most a power of two
 * @param first the size to start with, where it is known
 */
export function batchSizer(capMs: number, most: number, first = 1): BatchSizer {
  let size = first;
  /** The smallest size that took too long, and the runs since. */
  let [tooMany, runs] = [Infinity, 0];
  return {
    next: () => size,
    learn(count, milliseconds) {
      runs++;
      if (milliseconds > capMs) {
        // A single one that takes too long tells nothing of two at once.
        if (size > 1) [tooMany, runs] = [size, 0];
        size = Math.min(size, 2 ** Math.floor(Math.log2(Math.max(1, (capMs * count) / milliseconds))));
        return;
      }
      // What is left over at the end of a call says little of a whole batch.
      if (count < size || 2 * size > most) return;
      // At most doubled: the first run of a shape is slow on a GPU, and one fast run proves little.
      const isHoped = 2 * milliseconds <= HOPE * capMs && (2 * size < tooMany || runs > REST);
      if (2 * milliseconds <= capMs || isHoped) size *= 2;
    },
  };
}
