/** Runs `work` soon, once. */
export type Schedule = (work: () => void) => void;

/**
 * With the next animation frame. A hidden page draws none: there in the next task, also for what waits for a frame when
 * the page is hidden.
 *
 * Why a message, not a timer: browsers let a hidden page's timers run once a second, and a folder of many files would be
 * read that slowly.
 */
export const nextFrame: Schedule = (work) => {
  if (document.visibilityState !== 'visible') {
    nextTask(work);
    return;
  }
  const run = () => {
    cancelAnimationFrame(frame);
    document.removeEventListener('visibilitychange', run);
    work();
  };
  const frame = requestAnimationFrame(run);
  document.addEventListener('visibilitychange', run);
};

function nextTask(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    work();
  };
  port2.postMessage(undefined);
}

/** In milliseconds. */
const UNHURRIED = 500;

/** With the first animation frame after half a second: for what changes by itself, many times a second. */
// Why not every frame: on two cores without a GPU, drawing the page as often as a photo arrived took a quarter of both,
// five times a second a twentieth more than twice. Whoever knows that no more will come shows it at once.
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
