import { Failure } from '../core/failure';

/** Settles as `work` does, or rejects with DeviceLost if the device is lost first. */
export type WhileAlive = <T>(work: Promise<T>) => Promise<T>;

/**
 * Rejects all pending and later work once the device is lost.
 *
 * Why not `Promise.race` with `lost`: each race would leave a reaction on that promise, a leak on a healthy device,
 * where it never settles.
 * @param lost resolves with a message once the device is lost; undefined if there is no device
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
