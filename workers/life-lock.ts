/**
 * Shows the page that this worker is alive: takes the exclusive Web Lock named like the worker and keeps it until the
 * worker is gone, for whatever reason, then posts that name. The page waits for the same lock and so learns of a
 * death that fires no event. Does nothing where there are no Web Locks (a page that is not a secure context).
 */
export function holdLifeLock(): void {
  const locks: LockManager | undefined = navigator.locks;
  if (!locks) return;
  void locks.request(self.name, () => {
    self.postMessage(self.name);
    return new Promise<never>(() => {});
  });
}
