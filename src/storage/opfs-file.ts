import { findFile, removeEntry } from './directory';
import { storageFailure } from './storage-failure';
import { isSyncAccessible, writeAt, type SyncAccess } from './sync-access';

/** A file being written from its start. Await each call before the next. */
export interface FileWriter {
  /** Bytes written so far. */
  readonly length: number;
  /**
   * Appends `bytes` and returns the offset of the first one.
   * @throws StorageFull, StorageUnavailable
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /**
   * Replaces the first bytes, as many as given; no more than were written.
   * @throws StorageFull, StorageUnavailable
   */
  rewriteStart(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /**
   * Finishes the file. Durable once it resolves.
   * @throws StorageFull, StorageUnavailable
   */
  close(): Promise<void>;
  /**
   * Closes an unfinished file; in a picked directory it is removed, or stays as it was before. Never throws; no-op after
   * `close`.
   */
  abort(): Promise<void>;
}

/** The low-level writer, the only difference between dedicated workers and other threads. */
interface Sink {
  write(bytes: Uint8Array<ArrayBuffer>, at: number): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** Whether a directory is the site's private storage, or one the user picked on the device's disk. */
export type DirectoryKind = 'private' | 'picked';

/**
 * Creates or overwrites the file `name` in `directory`: in a dedicated worker through a synchronous access handle,
 * where the file grows as it is written; elsewhere, and in a picked directory, through a writable stream, where it
 * appears on `close`.
 * @throws StorageFull, StorageUnavailable (also if the file is being written elsewhere)
 */
export async function createFile(
  directory: FileSystemDirectoryHandle,
  name: string,
  kind: DirectoryKind = 'private',
): Promise<FileWriter> {
  const sink = await openSink(directory, name, kind);
  let length = 0;
  const put = async (bytes: Uint8Array<ArrayBuffer>, at: number) => {
    try {
      await sink.write(bytes, at);
    } catch (error) {
      throw await storageFailure(error, `Writing ${name}`, bytes.length);
    }
  };
  return {
    get length() {
      return length;
    },
    async write(bytes) {
      const start = length;
      await put(bytes, start);
      length += bytes.length;
      return start;
    },
    rewriteStart: (bytes) => put(bytes, 0),
    async close() {
      try {
        await sink.close();
      } catch (error) {
        throw await storageFailure(error, `Writing ${name}`, length);
      }
    },
    async abort() {
      // The file is abandoned: errors no longer matter.
      await sink.abort().catch(() => undefined);
    },
  };
}

/**
 * Writes the whole file `name` in `directory` from `chunks`, and returns its length in bytes. Durable once it resolves.
 * @throws StorageFull, StorageUnavailable, and whatever `chunks` throws
 */
export async function writeFile(
  directory: FileSystemDirectoryHandle,
  name: string,
  chunks: Iterable<Uint8Array<ArrayBuffer>> | AsyncIterable<Uint8Array<ArrayBuffer>>,
  kind: DirectoryKind = 'private',
): Promise<number> {
  const file = await createFile(directory, name, kind);
  try {
    for await (const chunk of chunks) await file.write(chunk);
    await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
  return file.length;
}

async function openSink(
  directory: FileSystemDirectoryHandle,
  name: string,
  kind: DirectoryKind,
): Promise<Sink> {
  try {
    const isNew = kind === 'picked' && (await findFile(directory, name)) === undefined;
    const handle = await directory.getFileHandle(name, { create: true });
    const access =
      kind === 'private' && isSyncAccessible(handle) ? await handle.createSyncAccessHandle() : undefined;
    if (access) return syncSink(access);
    const stream = await handle.createWritable();
    return kind === 'picked' ? pickedSink(stream, directory, name, isNew) : streamSink(stream);
  } catch (error) {
    throw await storageFailure(error, `Opening ${name} for writing`);
  }
}

function syncSink(access: SyncAccess): Sink {
  access.truncate(0);
  return {
    async write(bytes, at) {
      writeAt(access, bytes, at);
    },
    async close() {
      try {
        access.flush();
      } finally {
        access.close();
      }
    },
    async abort() {
      access.close();
    },
  };
}

function streamSink(stream: FileSystemWritableFileStream): Sink {
  return {
    write: (bytes, position) => stream.write({ type: 'write', position, data: bytes }),
    close: () => stream.close(),
    // Why `abort` closes first: after a stream's `abort` Chromium releases the file with a delay, and removing it until
    // then fails. `close` waits for the release; a stream that has already failed rejects it, but has released the
    // file.
    abort: () => stream.close().catch(() => stream.abort()),
  };
}

/** No part of a file is left among the user's own. */
function pickedSink(
  stream: FileSystemWritableFileStream,
  directory: FileSystemDirectoryHandle,
  name: string,
  isNew: boolean,
): Sink {
  const sink = streamSink(stream);
  return {
    ...sink,
    abort: async () => {
      if (!isNew) return stream.abort();
      await sink.abort().catch(() => undefined);
      await removeEntry(directory, name);
    },
  };
}
