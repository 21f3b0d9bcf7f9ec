/** Names held by this thread where the browser has no Web Locks. */
const heldHere = new Set<string>();

/**
 * Takes the lock `name` for this site, over all its tabs and workers, without waiting: a function that gives it back
 * (resolves when others may take it), or undefined when somebody holds it. It also ends with the thread that holds it.
 * Without Web Locks (an insecure context, an old browser) it only guards against this thread itself.
 */
export async function tryLock(name: string): Promise<(() => Promise<void>) | undefined> {
  // Optional whatever the types say: absent outside a secure context, and in Node.
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return tryLockHere(name);
  return new Promise((resolve, reject) => {
    const ended = locks.request(name, { ifAvailable: true }, (lock) => {
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
    ended.catch(reject);
  });
}

function tryLockHere(name: string): (() => Promise<void>) | undefined {
  if (heldHere.has(name)) return undefined;
  heldHere.add(name);
  return async () => {
    heldHere.delete(name);
  };
}
