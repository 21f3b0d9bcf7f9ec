import { storageFailure } from './storage-failure';
import { isSyncAccessible, writeAt, type SyncAccess } from './sync-access';

/** A file being written from its start. Calls follow one another: each is awaited before the next. */
export interface FileWriter {
  /** Bytes written so far. */
  readonly length: number;
  /**
   * Appends `bytes` and returns the offset of the first one.
   * @throws StorageFull, StorageUnavailable
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /**
   * Ends the file. Durable once it resolves.
   * @throws StorageFull, StorageUnavailable
   */
  close(): Promise<void>;
  /** Lets go of the file, whatever is in it by then. Never throws; does nothing after `close`. */
  abort(): Promise<void>;
}

/** What a file is written through: the one difference between a worker and every other thread. */
interface Sink {
  write(bytes: Uint8Array<ArrayBuffer>, at: number): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** Whether a directory is the site's own, or one that a person has picked on the device's disk. */
export type DirectoryKind = 'private' | 'picked';

/**
 * Begins the file `name` in `directory` anew: through a synchronous access handle in a dedicated worker, where the
 * file grows as it is written, and through a writable stream elsewhere and in a picked directory, where it appears on
 * `close`.
 * @throws StorageFull, StorageUnavailable (also when the file is being written elsewhere)
 */
export async function createFile(
  directory: FileSystemDirectoryHandle,
  name: string,
  kind: DirectoryKind = 'private',
): Promise<FileWriter> {
  const sink = await openSink(directory, name, kind);
  let length = 0;
  return {
    get length() {
      return length;
    },
    async write(bytes) {
      const start = length;
      try {
        await sink.write(bytes, start);
      } catch (error) {
        throw await storageFailure(error, `Writing ${name}`, bytes.length);
      }
      length += bytes.length;
      return start;
    },
    async close() {
      try {
        await sink.close();
      } catch (error) {
        throw await storageFailure(error, `Writing ${name}`, length);
      }
    },
    async abort() {
      // The file is given up: whatever goes wrong with it no longer matters.
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
    const handle = await directory.getFileHandle(name, { create: true });
    const access =
      kind === 'private' && isSyncAccessible(handle) ? await handle.createSyncAccessHandle() : undefined;
    return access ? syncSink(access) : streamSink(await handle.createWritable());
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
    // Why giving up closes first: after `abort` Chromium lets go of the file a little later, and removing it until
    // then fails. `close` waits for that; a stream that has failed already refuses it and has let go.
    abort: () => stream.close().catch(() => stream.abort()),
  };
}
