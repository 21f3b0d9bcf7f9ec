import { tryLock } from '../storage/lock';

/**
 * Tries to take the lock under which a library is written; see `tryLock`. The library's worker holds it for life.
 *
 * Why: two writers would corrupt each other's index.
 */
export function lockLibrary(id: string, patience: number): Promise<(() => Promise<void>) | undefined> {
  return tryLock(`clipscope library ${id}`, patience);
}
