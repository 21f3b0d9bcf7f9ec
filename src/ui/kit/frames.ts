/** Runs `work` soon, once. */
export type Schedule = (work: () => void) => void;

/** With the next animation frame; on a hidden page, which draws none, after a short delay. */
export const nextFrame: Schedule = (work) => {
  if (document.visibilityState === 'visible') requestAnimationFrame(work);
  else setTimeout(work, 100);
};

/** In milliseconds. */
const UNHURRIED = 200;

/** With the first animation frame after a fifth of a second: for what changes by itself, many times a second. */
// Why not every frame: on two cores without a GPU, drawing the page as often as a photo arrived took a quarter of both.
export const unhurried: Schedule = (work) => setTimeout(() => nextFrame(work), UNHURRIED);

/** A function that schedules `work` once, however often it is called before it runs. */
export function batched(schedule: Schedule, work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    schedule(() => {
      asked = false;
      work();
    });
  };
}
