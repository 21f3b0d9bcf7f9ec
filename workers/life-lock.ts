/** What is used of a worker's global scope. */
interface LivingWorker {
  readonly name: string;
  readonly navigator: { readonly locks?: LockManager };
  postMessage(message: string): void;
}

/**
 * Shows the page that this worker is alive: takes the exclusive Web Lock named like the worker and keeps it until the
 * worker is gone, for whatever reason, then posts that name. The page waits for the same lock and so learns of a
 * death that fires no event. Does nothing where there are no Web Locks (a page that is not a secure context).
 */
export function holdLifeLock(worker: LivingWorker = self): void {
  const locks: LockManager | undefined = worker.navigator.locks;
  if (!locks) return;
  void locks.request(worker.name, () => {
    worker.postMessage(worker.name);
    return new Promise<never>(() => {});
  });
}
