import { xxh32 } from '../core/xxh32';
import { removeEntry } from './directory';
import { createFile, writeFile, type FileWriter } from './opfs-file';
import { storageFailure } from './storage-failure';
import {
  MANIFEST_NAME,
  MANIFEST_VERSION,
  manifestText,
  STAGED_NAME,
  type StoredFile,
  type StoredManifest,
} from './manifest';

/** The manifest's temporary name until it is completely on disk. */
const MANIFEST_PART_NAME = 'manifest.part';

/** The manifest fields supplied by the caller; the writer adds the rest. */
export type ModelDescription = Omit<StoredManifest, 'version' | 'id' | 'files'>;

/** A file of weights being written. */
export interface ShardWriter {
  /** Bytes written so far. */
  readonly length: number;
  /** Appends `bytes` and returns the offset of the first one. @throws StorageFull, StorageUnavailable */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Finishes the file. Durable once it resolves. @throws StorageFull, StorageUnavailable */
  close(): Promise<void>;
}

/**
 * A model being written. It becomes a model when `commit` resolves. The caller must end it with `commit` or `abort`;
 * until then it is locked.
 */
export interface ModelWriter {
  /** Starts the file `name`, to be written incrementally. @throws StorageFull, StorageUnavailable */
  shard(name: string): Promise<ShardWriter>;
  /** Writes a whole file. @throws StorageFull, StorageUnavailable */
  file(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /**
   * Lets others read the finished files while the rest is being written (`ModelStore.open` with 'staged').
   * @throws StorageFull, StorageUnavailable
   */
  stage(description: ModelDescription): Promise<void>;
  /**
   * Finishes every shard, then writes the manifest, which makes it a model. If it throws, call `abort`.
   * @throws StorageFull, StorageUnavailable
   */
  commit(description: ModelDescription): Promise<void>;
  /**
   * Deletes everything written; what cannot be deleted now is removed when the store is next opened. Never throws, so
   * that the original failure is reported. No-op after `commit`.
   */
  abort(): Promise<void>;
}

interface Place {
  /** The model's own directory, empty. */
  readonly directory: FileSystemDirectoryHandle;
  /** Its parent directory. */
  readonly parent: FileSystemDirectoryHandle;
  readonly id: string;
  /** Releases the model's lock. */
  readonly release: () => Promise<void>;
}

/** A writer of model `id` into its empty `directory`; it holds the model's lock until it ends. */
export function createModelWriter({ directory, parent, id, release }: Place): ModelWriter {
  const writers = new Map<string, FileWriter>();
  const finished = new Map<string, Omit<StoredFile, 'name'>>();
  let ended = false;

  function requireOpen(): void {
    if (ended) throw new Error(`The model ${id} is no longer being written`);
  }

  function claim(name: string): void {
    requireOpen();
    const taken = writers.has(name) || finished.has(name);
    if (taken || [MANIFEST_NAME, MANIFEST_PART_NAME, STAGED_NAME].includes(name)) {
      throw new Error(`The model ${id} has a file ${name} already`);
    }
  }

  async function close(name: string, writer: FileWriter): Promise<void> {
    if (!writers.has(name)) return;
    await writer.close();
    writers.delete(name);
    finished.set(name, { bytes: writer.length });
  }

  function manifest(description: ModelDescription): Uint8Array<ArrayBuffer> {
    const files: StoredFile[] = Array.from(finished, ([name, about]) => ({ name, ...about }));
    const written: StoredManifest = { version: MANIFEST_VERSION, id, ...description, files };
    return new TextEncoder().encode(manifestText(written));
  }

  return {
    async shard(name) {
      claim(name);
      const writer = await createFile(directory, name);
      writers.set(name, writer);
      return {
        get length() {
          return writer.length;
        },
        write: (bytes) => writer.write(bytes),
        close: () => close(name, writer),
      };
    },

    async file(name, bytes) {
      claim(name);
      const sum = xxh32(bytes);
      finished.set(name, { bytes: await writeFile(directory, name, [bytes]), sum });
    },

    async stage(description) {
      requireOpen();
      await writeFile(directory, STAGED_NAME, [manifest(description)]);
    },

    async commit(description) {
      requireOpen();
      for (const [name, writer] of writers) await close(name, writer);
      await writeManifest(directory, manifest(description));
      ended = true;
      await removeEntry(directory, STAGED_NAME).catch(() => undefined);
      await release();
    },

    async abort() {
      if (ended) return;
      ended = true;
      for (const writer of writers.values()) await writer.abort();
      await removeEntry(parent, directory.name).catch(() => undefined);
      await release();
    },
  };
}

/** Writes the manifest under a temporary name and moves it into place, so that it is never partial. */
async function writeManifest(
  directory: FileSystemDirectoryHandle,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await writeFile(directory, MANIFEST_PART_NAME, [bytes]);
  try {
    const handle = await directory.getFileHandle(MANIFEST_PART_NAME);
    if (isMovable(handle)) {
      await handle.move(directory, MANIFEST_NAME);
      return;
    }
  } catch (error) {
    throw await storageFailure(error, `Writing ${MANIFEST_NAME}`, bytes.length);
  }
  // Without `move` the manifest is written in place: a truncated one is not valid JSON, so not a model either.
  await writeFile(directory, MANIFEST_NAME, [bytes]);
  await removeEntry(directory, MANIFEST_PART_NAME);
}

/**
 * `FileSystemFileHandle.move`, which browsers have for private files but TypeScript does not declare. WebKit has it in
 * this form alone.
 */
interface Movable {
  move(parent: FileSystemDirectoryHandle, name: string): Promise<void>;
}

function isMovable(handle: object): handle is Movable {
  return 'move' in handle;
}
