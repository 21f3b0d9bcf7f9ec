/** Locks held by this thread in a browser without Web Locks. */
const heldHere = new Set<string>();

/**
 * Tries to take the lock `name`, shared by all tabs and workers of this site. Returns a function that releases it
 * (resolves when others may take it), or undefined if the lock is held, and still is after `patience` milliseconds. A
 * lock also ends with its thread. Without Web Locks (an insecure context, an old browser) it only works within this
 * thread, and waits for nothing.
 *
 * Why patience: after a reload the former page's worker may live, and hold its locks, for a moment longer.
 */
export async function tryLock(name: string, patience = 0): Promise<(() => Promise<void>) | undefined> {
  // Optional despite its type: absent outside a secure context, and in Node.
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return tryLockHere(name);
  const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
  return new Promise((resolve, reject) => {
    const ended = locks.request(name, options, (lock) => {
      if (!lock) {
        resolve(undefined);
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve(async () => {
          release();
          await ended;
        });
      });
    });
    ended.catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'TimeoutError') resolve(undefined);
      else reject(error);
    });
  });
}

function tryLockHere(name: string): (() => Promise<void>) | undefined {
  if (heldHere.has(name)) return undefined;
  heldHere.add(name);
  return async () => {
    heldHere.delete(name);
  };
}
