import { Failure } from '../core/failure';
import { isSecure } from '../core/secure-context';
import { storageFailure } from './storage-failure';

/**
 * The root of the origin private file system.
 * @throws PageInsecure where the page's address is why there is none, StorageUnavailable if the browser has none or
 *   denies it (private windows, blocked site data)
 */
export async function storageRoot(): Promise<FileSystemDirectoryHandle> {
  if (!isSecure()) {
    throw new Failure('PageInsecure', 'A page opened by http from another machine may keep nothing');
  }
  // Optional despite its type: absent in old browsers.
  const storage: Partial<StorageManager> | undefined = navigator.storage;
  if (!storage?.getDirectory) {
    throw new Failure('StorageUnavailable', 'This browser offers the page no private file storage');
  }
  try {
    return await storage.getDirectory();
  } catch (error) {
    throw await storageFailure(error, 'Opening the private file storage');
  }
}

/**
 * The directory at `path` below `parent`, created if missing.
 * @throws StorageFull, StorageUnavailable
 */
export async function makeDirectory(
  parent: FileSystemDirectoryHandle,
  ...path: string[]
): Promise<FileSystemDirectoryHandle> {
  let directory = parent;
  for (const name of path) {
    try {
      directory = await directory.getDirectoryHandle(name, { create: true });
    } catch (error) {
      throw await storageFailure(error, `Making the folder ${name}`);
    }
  }
  return directory;
}

/**
 * The directory `name` in `parent`, or undefined if there is none.
 * @throws StorageUnavailable
 */
export async function findDirectory(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await parent.getDirectoryHandle(name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw await storageFailure(error, `Opening the folder ${name}`);
  }
}

/**
 * The current file `name` in `directory`, or undefined if there is none.
 * @throws StorageUnavailable
 */
export async function findFile(
  directory: FileSystemDirectoryHandle,
  name: string,
): Promise<File | undefined> {
  try {
    const handle = await directory.getFileHandle(name);
    return await handle.getFile();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw await storageFailure(error, `Opening ${name}`);
  }
}

/**
 * Removes a file, or a directory with its contents; no-op if missing.
 * @throws StorageUnavailable if another tab has it open
 */
export async function removeEntry(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await directory.removeEntry(name, { recursive: true });
  } catch (error) {
    if (!isNotFound(error)) throw await storageFailure(error, `Removing ${name}`);
  }
}

/** All entries, listed before any is changed. @throws StorageUnavailable */
export async function entriesOf(
  directory: FileSystemDirectoryHandle,
): Promise<(FileSystemDirectoryHandle | FileSystemFileHandle)[]> {
  const all = [];
  try {
    for await (const entry of directory.values()) all.push(entry);
  } catch (error) {
    throw await storageFailure(error, `Listing ${directory.name}`);
  }
  return all;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}
