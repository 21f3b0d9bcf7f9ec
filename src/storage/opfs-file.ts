import { storageFailure } from './storage-failure';

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

/** A `FileSystemSyncAccessHandle`, which the types know in workers only. */
interface SyncAccess {
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface SyncAccessible {
  createSyncAccessHandle(): Promise<SyncAccess>;
}

/**
 * Begins the file `name` in `directory` anew: through a synchronous access handle in a dedicated worker, where the
 * file grows as it is written, and through a writable stream elsewhere, where it appears on `close`.
 * @throws StorageFull, StorageUnavailable (also when the file is being written elsewhere)
 */
export async function createFile(directory: FileSystemDirectoryHandle, name: string): Promise<FileWriter> {
  const sink = await openSink(directory, name);
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
): Promise<number> {
  const file = await createFile(directory, name);
  try {
    for await (const chunk of chunks) await file.write(chunk);
    await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
  return file.length;
}

async function openSink(directory: FileSystemDirectoryHandle, name: string): Promise<Sink> {
  try {
    const handle = await directory.getFileHandle(name, { create: true });
    const access = isSyncAccessible(handle) ? await handle.createSyncAccessHandle() : undefined;
    return access ? syncSink(access) : streamSink(await handle.createWritable());
  } catch (error) {
    throw await storageFailure(error, `Opening ${name} for writing`);
  }
}

function isSyncAccessible(handle: object): handle is SyncAccessible {
  return 'createSyncAccessHandle' in handle;
}

function syncSink(access: SyncAccess): Sink {
  access.truncate(0);
  return {
    async write(bytes, at) {
      let rest = bytes;
      while (rest.length > 0) {
        const written = access.write(rest, { at: at + bytes.length - rest.length });
        if (written <= 0 || written > rest.length) throw failedWrite(written);
        rest = rest.subarray(written);
      }
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

function streamSink(stream: FileSystemWritableFileStream): Sink {
  return {
    write: (bytes, position) => stream.write({ type: 'write', position, data: bytes }),
    close: () => stream.close(),
    // Why giving up closes first: after `abort` Chromium lets go of the file a little later, and removing it until
    // then fails. `close` waits for that; a stream that has failed already refuses it and has let go.
    abort: () => stream.close().catch(() => stream.abort()),
  };
}
