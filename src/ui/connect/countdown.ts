/**
 * Calls `end` after so many seconds, unless cancelled by the function it returns.
 *
 * Why second by second: while the device sleeps or the page is held up itself no time passes for the worker either, and
 * then one second is counted at most.
 */
export function countDown(seconds: number, end: () => void): () => void {
  let timer = setTimeout(tick, 1000);
  let left = seconds;
  function tick(): void {
    left--;
    if (left <= 0) end();
    else timer = setTimeout(tick, 1000);
  }
  return () => clearTimeout(timer);
}
