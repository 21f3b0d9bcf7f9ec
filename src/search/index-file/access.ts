import { Failure } from '../../core/failure';
import { storageFailure } from '../../storage/storage-failure';
import type { SyncAccess } from '../../storage/sync-access';

/**
 * Fills `bytes` from position `at`.
 * @throws IndexUnreadable when the file gives fewer, and what reading it throws, for `attempt` to name
 */
export function readAt(file: SyncAccess, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const read = file.read(bytes.subarray(done), { at: at + done });
    // A browser may return an error's code as a count: see `writeAt`.
    if (read <= 0 || read > bytes.length - done) {
      const message = `Only ${done} of ${bytes.length} bytes of the index could be read at ${at}`;
      throw new Failure('IndexUnreadable', message);
    }
    done += read;
  }
}

/**
 * Does `work` on the index at once and returns what it does.
 * @param bytes how many it writes
 * @throws StorageFull, StorageBusy, StorageUnavailable for what the file throws, and Failures as they are
 */
export async function attempt<T>(
  task: 'Reading' | 'Writing' | 'Compacting',
  bytes: number,
  work: () => T,
): Promise<T> {
  try {
    return work();
  } catch (error) {
    throw await storageFailure(error, `${task} the index`, bytes);
  }
}
