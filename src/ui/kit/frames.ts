/** Runs `work` soon, once. */
export type Schedule = (work: () => void) => void;

/** With the next picture the browser draws; a hidden page draws none, so there after a short while. */
export const nextFrame: Schedule = (work) => {
  if (document.visibilityState === 'visible') requestAnimationFrame(work);
  else setTimeout(work, 100);
};

/** A function that asks `schedule` to run `work`, however often it is called before that happens. */
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
