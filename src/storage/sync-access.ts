import { storageFailure } from './storage-failure';

/** A `FileSystemSyncAccessHandle`, which TypeScript declares for workers only. Positions and sizes in bytes. */
export interface SyncAccess {
  read(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

interface SyncAccessible {
  createSyncAccessHandle(): Promise<SyncAccess>;
}

/** Whether a handle supports synchronous access: in dedicated workers, for the site's private files. */
export function isSyncAccessible(handle: object): handle is SyncAccessible {
  return 'createSyncAccessHandle' in handle;
}

/** Whether this browser lets a dedicated worker write private files in place. */
export function canWriteInPlace(): boolean {
  const handle = (globalThis as { FileSystemFileHandle?: { prototype: object } }).FileSystemFileHandle;
  return handle !== undefined && isSyncAccessible(handle.prototype);
}

/**
 * Opens the private file `name` for synchronous access, creating it if missing. Exclusive until closed. In dedicated
 * workers only.
 * @throws StorageFull, StorageBusy while it is open elsewhere, StorageUnavailable
 */
export async function openInPlace(directory: FileSystemDirectoryHandle, name: string): Promise<SyncAccess> {
  try {
    const handle = await directory.getFileHandle(name, { create: true });
    if (!isSyncAccessible(handle)) throw new Error('this browser writes no private file in place');
    return await handle.createSyncAccessHandle();
  } catch (error) {
    throw await storageFailure(error, `Opening ${name}`);
  }
}

/**
 * Writes all of `bytes` at position `at`.
 * @throws DOMException QuotaExceededError if there is no room, and others; `storageFailure` translates them
 */
export function writeAt(access: SyncAccess, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  let rest = bytes;
  while (rest.length > 0) {
    const written = access.write(rest, { at: at + bytes.length - rest.length });
    if (written <= 0 || written > rest.length) throw failedWrite(written);
    rest = rest.subarray(written);
  }
}

/** Chromium's `base::File::FILE_ERROR_NO_SPACE`. */
const NO_SPACE = -8;

/** The error encoded in an impossible write count. */
// Why counts are checked: when Chromium keeps private files in memory ("incognito"), a failed write does not throw but
// returns its error code as an unsigned 32-bit number. The bytes would be lost silently.
function failedWrite(written: number): DOMException {
  const code = written | 0;
  const isFull = code === NO_SPACE || code === 0;
  if (isFull) return new DOMException('The disk takes no more', 'QuotaExceededError');
  return new DOMException(`The browser reports error ${code}`, 'InvalidStateError');
}
