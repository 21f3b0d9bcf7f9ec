import { Failure } from '../../core/failure';
import { storageFailure } from '../../storage/storage-failure';
import type { SyncAccess } from '../../storage/sync-access';

/**
 * Fills `bytes` from position `at`.
 * @throws IndexUnreadable if the file is shorter, and raw read errors, which `attempt` translates
 */
export function readAt(file: SyncAccess, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const read = file.read(bytes.subarray(done), { at: at + done });
    // A browser may return an error code as a count: see `writeAt`.
    if (read <= 0 || read > bytes.length - done) {
      const message = `Only ${done} of ${bytes.length} bytes of the index could be read at ${at}`;
      throw new Failure('IndexUnreadable', message);
    }
    done += read;
  }
}

/**
 * Runs `work` on the index synchronously and returns its result.
 * @param bytes number of bytes it writes
 * @throws StorageFull, StorageBusy, StorageUnavailable for errors of the file, and Failures unchanged
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
