import type { Failure } from '../../core/failure';
import { timeLimitIn, type LimitedWork } from '../../core/time-limit';
import { WorkerDeath, type WorkerKind } from '../kit/worker-death';
import { countDown } from './countdown';

/** The part of `Worker` that `watch` uses. */
export type Mortal = Pick<Worker, 'addEventListener' | 'removeEventListener' | 'terminate'>;

/** A watched worker. */
export interface Life {
  /** Settles as `work` does, or rejects if the worker dies first. @throws WorkerDied */
  during<T>(work: Promise<T>): Promise<T>;
  /** Ends the worker: pending work rejects with `WorkerDied`; `onDeath` is not called. */
  end(): void;
}

/**
 * Watches a worker that holds the Web Lock `lockName` and announces it by posting that name. The worker counts as dead
 * after an uncaught error, an unreadable message, when its lock is released, or when work exceeds the time limit that
 * the worker itself announced (`core/time-limit`); it is then terminated, all pending work rejects with `WorkerDied`,
 * and then `onDeath` is called once.
 *
 * Why a lock: a worker that closes itself or crashes fires no event, and a timeout cannot tell slow work from none.
 */
export function watch(
  worker: Mortal,
  kind: WorkerKind,
  lockName: string,
  locks: Pick<LockManager, 'request'> | undefined,
  onDeath: (death: Failure) => void,
): Life {
  const inFlight = new Set<(death: Failure) => void>();
  let death: Failure | undefined;

  let stopClock = () => {};

  function end(heldUp?: LimitedWork): Failure {
    if (death) return death;
    death = new WorkerDeath(kind, heldUp);
    stopClock();
    worker.removeEventListener('error', die);
    worker.removeEventListener('messageerror', die);
    worker.removeEventListener('message', waitForLock);
    worker.removeEventListener('message', heedLimit);
    worker.terminate();
    for (const reject of inFlight) reject(death);
    inFlight.clear();
    return death;
  }

  function die(): void {
    if (death) return;
    onDeath(end());
  }

  function heedLimit(event: Event): void {
    const limit = timeLimitIn((event as MessageEvent).data);
    if (!limit) return;
    stopClock();
    if (limit.secondsAllowed === null) return;
    stopClock = countDown(limit.secondsAllowed, () => onDeath(end(limit.work)));
  }

  function waitForLock(event: Event): void {
    if ((event as MessageEvent).data !== lockName) return;
    worker.removeEventListener('message', waitForLock);
    void locks?.request(lockName, die);
  }

  worker.addEventListener('error', die);
  worker.addEventListener('messageerror', die);
  worker.addEventListener('message', waitForLock);
  worker.addEventListener('message', heedLimit);

  return {
    during(work) {
      if (death) return Promise.reject(death);
      return new Promise((resolve, reject) => {
        inFlight.add(reject);
        work.then(resolve, reject).finally(() => inFlight.delete(reject));
      });
    },
    end: () => void end(),
  };
}
