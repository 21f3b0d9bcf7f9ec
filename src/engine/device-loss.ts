import { Failure } from '../core/failure';

/** Settles as `work` does, or rejects with DeviceLost when the device goes first. */
export type WhileAlive = <T>(work: Promise<T>) => Promise<T>;

/**
 * Ends whatever waits for a device when it is lost, and whatever comes after.
 *
 * Why not a race with one promise of the loss: every race would leave its result behind with that promise, which on a
 * healthy device never settles.
 * @param lost settles with a message once the device is gone; undefined where there is none to lose
 */
export function untilLost(lost: Promise<string> | undefined): WhileAlive {
  const inFlight = new Set<(loss: Failure) => void>();
  let loss: Failure | undefined;
  void lost?.then((message) => {
    loss = new Failure('DeviceLost', `The GPU stopped: ${message || 'no reason given'}.`);
    for (const reject of inFlight) reject(loss);
  });
  return (work) =>
    new Promise((resolve, reject) => {
      if (loss) reject(loss);
      inFlight.add(reject);
      work.then(resolve, reject).finally(() => inFlight.delete(reject));
    });
}
