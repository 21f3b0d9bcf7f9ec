import { storageFailure } from './storage-failure';

/** A `FileSystemSyncAccessHandle`, which the types know in workers only. Positions and sizes in bytes. */
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

/** Whether a file's handle can be opened so: in dedicated workers, for the site's own files. */
export function isSyncAccessible(handle: object): handle is SyncAccessible {
  return 'createSyncAccessHandle' in handle;
}

/**
 * Opens the site's own file `name` to be read and written in place, made where it is missing; nobody else can open it
 * so until it is closed. In dedicated workers only.
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
 * @throws DOMException QuotaExceededError where there is no room, and others, for `storageFailure` to name
 */
export function writeAt(access: SyncAccess, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  let rest = bytes;
  while (rest.length > 0) {
    const written = access.write(rest, { at: at + bytes.length - rest.length });
    if (written <= 0 || written > rest.length) throw failedWrite(written);
    rest = rest.subarray(written);
  }
}

/** What Chromium calls `base::File::FILE_ERROR_NO_SPACE`. */
const NO_SPACE = -8;

/** The error behind a count that no write can have. */
// Why counts are checked: where Chromium keeps private files in memory ("incognito"), a write that fails throws
// nothing but returns its error code, read as an unsigned number of 32 bits. Such bytes would be lost in silence.
function failedWrite(written: number): DOMException {
  const code = written | 0;
  const isFull = code === NO_SPACE || code === 0;
  if (isFull) return new DOMException('The disk takes no more', 'QuotaExceededError');
  return new DOMException(`The browser reports error ${code}`, 'InvalidStateError');
}
