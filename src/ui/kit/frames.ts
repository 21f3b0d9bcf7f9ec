/** Runs `work` soon, once. */
export type Schedule = (work: () => void) => void;

/** With the next animation frame; on a hidden page, which draws none, after a short delay. */
export const nextFrame: Schedule = (work) => {
  if (document.visibilityState === 'visible') requestAnimationFrame(work);
  else setTimeout(work, 100);
};

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
