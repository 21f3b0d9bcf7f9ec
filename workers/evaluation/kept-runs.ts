import { entriesOf, findDirectory, makeDirectory, removeEntry } from '../../src/storage/directory';
import { openInPlace, writeAt } from '../../src/storage/sync-access';
import { storageFailure } from '../../src/storage/storage-failure';
import { shortDigest } from '../../src/core/short-digest';
import type { LogFile } from '../../src/datasets/record-log';

const FOLDER = 'data-sets';

/** Embeddings of data sets in the origin's private file system, a file for each model and data set. */
export function keptRuns(root: () => Promise<FileSystemDirectoryHandle>) {
  const nameOf = async (identity: string) =>
    `${await shortDigest(new TextEncoder().encode(identity).buffer)}.embeddings`;
  return {
    /** The file of a run, which is its own until closed. @throws StorageBusy, StorageFull, StorageUnavailable, PageInsecure */
    async open(identity: string): Promise<LogFile> {
      const name = await nameOf(identity);
      return fileLog(await makeDirectory(await root(), FOLDER), name);
    },
    /** @throws StorageUnavailable, PageInsecure */
    async bytes(): Promise<number> {
      const folder = await findDirectory(await root(), FOLDER);
      if (!folder) return 0;
      const files = (await entriesOf(folder)).filter((entry) => entry.kind === 'file');
      const sizes = await Promise.all(files.map(async (file) => (await file.getFile()).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    /** Deletes all but the run of `identity`. @throws StorageUnavailable, PageInsecure */
    async forget(identity: string | undefined): Promise<void> {
      const folder = await findDirectory(await root(), FOLDER);
      if (!folder) return;
      const kept = identity === undefined ? undefined : await nameOf(identity);
      for (const { name } of await entriesOf(folder)) {
        if (name !== kept) await removeEntry(folder, name);
      }
    },
  };
}

async function fileLog(folder: FileSystemDirectoryHandle, name: string): Promise<LogFile> {
  const access = await openInPlace(folder, name);
  let length = access.getSize();
  const attempt = async <T>(task: string, bytes: number, work: () => T): Promise<T> => {
    try {
      return work();
    } catch (error) {
      throw await storageFailure(error, task, bytes);
    }
  };
  return {
    get byteLength() {
      return length;
    },
    read: (start, end) =>
      attempt('Reading kept embeddings', 0, () => {
        const bytes = new Uint8Array(end - start);
        const read = access.read(bytes, { at: start });
        if (read !== bytes.length) throw new Error(`${read} of ${bytes.length} bytes could be read`);
        return bytes;
      }),
    append: (bytes) =>
      attempt('Keeping embeddings', bytes.length, () => {
        writeAt(access, bytes, length);
        access.flush();
        length += bytes.length;
      }),
    truncate: (to) =>
      attempt('Keeping embeddings', 0, () => {
        access.truncate(to);
        access.flush();
        length = to;
      }),
    close: async () => access.close(),
  };
}
