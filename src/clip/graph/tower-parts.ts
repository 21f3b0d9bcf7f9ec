/** Steps of a tower, from `from` to `to` (exclusive). */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** Multiplications of one picture that make a part worth its start: about 10 ms on two slow cores. */
const LEAST_WORK = 1e9;

/** Each part hands on its hidden states through JavaScript. */
const MOST_PARTS = 8;

/**
 * The steps of an image tower in parts of about equal work, that run one after the other.
 *
 * Why a tower runs in parts on wasm: a typed query waits only for the part that is running. So a batch may be as large
 * as the arithmetic likes (a ViT-B/32 in int8 takes a fifth less time a picture in eights than in twos), and one picture
 * in a ViT-L/14, which takes seconds, does not keep a query waiting.
 * @param work multiplications of each step for one picture
 */
export function partsOf(work: readonly number[]): StepRange[] {
  const enough = Math.max(LEAST_WORK, work.reduce((sum, one) => sum + one, 0) / MOST_PARTS);
  const parts: StepRange[] = [];
  let [from, done] = [0, 0];
  for (const [at, one] of work.entries()) {
    done += one;
    if (done < enough && at < work.length - 1) continue;
    parts.push({ from, to: at + 1 });
    [from, done] = [at + 1, 0];
  }
  return parts;
}
