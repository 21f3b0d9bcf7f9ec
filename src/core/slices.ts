import { Failure } from './failure';

/** Who follows work that may take minutes. */
export interface Follower {
  /** Aborted when the work is no longer wanted. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with what is done, of a total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Milliseconds of work before yielding to the thread's other tasks. */
const SLICE = 25;

/**
 * A function to be called between small steps of work. Once a slice of time has passed, and in the first call, it tells
 * the progress and lets the thread's other tasks run, such as the one that aborts `signal`.
 * @param stopped what to say when `signal` is aborted
 * @throws Cancelled, from the returned function
 */
export function slices(
  { signal, onProgress = () => undefined }: Follower,
  stopped: string,
): (done: number, total: number) => Promise<void> | undefined {
  let end = -Infinity;
  async function pause(done: number, total: number): Promise<void> {
    onProgress(done, total);
    await otherTasks();
    if (signal?.aborted) throw new Failure('Cancelled', stopped);
    end = performance.now() + SLICE;
  }
  return (done, total) => (performance.now() < end ? undefined : pause(done, total));
}

/** Lets the thread's waiting tasks run. */
// Why not a timer: browsers keep one that follows on another waiting for 4 ms.
function otherTasks(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
