/** The parts of a worker's global scope in use. */
interface LivingWorker {
  readonly name: string;
  readonly navigator: { readonly locks?: LockManager };
  postMessage(message: string): void;
}

/**
 * Shows the page that this worker is alive: takes the exclusive Web Lock with the worker's name, posts that name, and
 * holds the lock for life. The page waits for the same lock, so it notices even a death that fires no event. Does
 * nothing without Web Locks (outside a secure context).
 */
export function holdLifeLock(worker: LivingWorker = self): void {
  const locks: LockManager | undefined = worker.navigator.locks;
  if (!locks) return;
  void locks.request(worker.name, () => {
    worker.postMessage(worker.name);
    return new Promise<never>(() => {});
  });
}
