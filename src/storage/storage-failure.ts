import { grouped } from '../core/digits';
import { Failure, messageOf } from '../core/failure';

/**
 * Translates a storage error during `task` ("Writing image.0.bin") for the user: `StorageFull` if the quota or disk is
 * exhausted, naming the `bytes` to be written, `StorageBusy` if another tab has the file open, else
 * `StorageUnavailable`. A `Failure` is returned unchanged.
 */
export async function storageFailure(error: unknown, task: string, bytes = 0): Promise<Failure> {
  if (error instanceof Failure) return error;
  const name = error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') {
    const needed = bytes > 0 ? ` needs ${grouped(bytes)} more bytes` : '';
    const message = `${task}${needed}: storage is full${await usage()}`;
    return new Failure('StorageFull', message, { cause: error });
  }
  if (name === 'NoModificationAllowedError') {
    const message = `${task} failed: it is in use, perhaps by another tab`;
    return new Failure('StorageBusy', message, { cause: error });
  }
  const reason = messageOf(error);
  return new Failure('StorageUnavailable', `${task} failed: ${reason}`, { cause: error });
}

/** A clause such as " (12,000 of 20,000 bytes are used)", or empty if the browser does not report it. */
async function usage(): Promise<string> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    if (usage === undefined || quota === undefined) return '';
    return ` (${grouped(usage)} of ${grouped(quota)} bytes are used)`;
  } catch {
    return '';
  }
}
