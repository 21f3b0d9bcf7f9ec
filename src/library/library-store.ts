import { Failure } from '../core/failure';
import { isMadeBy } from '../core/model-id';
import { entriesOf, makeDirectory, removeEntry, storageRoot } from '../storage/directory';
import { canWriteInPlace, openInPlace, type SyncAccess } from '../storage/sync-access';
import { deleteLibraryDatabase, openLibraryDatabase, type LibraryDatabase } from './database';

/** Storage of one library. */
export interface LibraryStore {
  readonly database: LibraryDatabase;
  /** Opens the two files of an index. */
  openIndex(index: IndexName): Promise<[SyncAccess, SyncAccess]>;
  /** Opens the file that counts the photos. */
  openCount(): Promise<SyncAccess>;
  /** Deletes the files of every index for which `isGone` holds; none may be open. */
  removeIndexes(isGone: (index: IndexName) => boolean): Promise<void>;
}

/** Identifies an index. */
export interface IndexName {
  /** The model's id. */
  readonly model: string;
  /** Fingerprint of its image tower. */
  readonly weights: string;
}

/** The folder of all libraries' indexes in the origin private file system. */
const FOLDER = 'libraries';

/** Suffixes of an index's two files. */
const ENDINGS = ['.0', '.1'] as const;

/** Name of the file that counts the photos. */
const COUNT = 'photos';

/**
 * Opens the storage of library `library`: a database and, in the origin private file system, a folder of index files,
 * two per model, and of the photos' count. In dedicated workers only.
 * @throws StorageUnavailable, StorageUnsupported, StorageFull, LibraryNewer
 */
export async function openLibraryStore(library: string): Promise<LibraryStore> {
  const root = await storageRoot();
  if (!canWriteInPlace()) {
    throw new Failure(
      'StorageUnsupported',
      'This browser writes no private file in place, as embeddings need',
    );
  }
  const folder = await makeDirectory(root, FOLDER, library);
  return {
    database: await openLibraryDatabase(databaseName(library)),

    async openIndex(index) {
      const opened: SyncAccess[] = [];
      try {
        for (const ending of ENDINGS) opened.push(await openInPlace(folder, fileName(index) + ending));
      } catch (error) {
        for (const file of opened) file.close();
        throw error;
      }
      return [opened[0]!, opened[1]!];
    },

    openCount: () => openInPlace(folder, COUNT),

    async removeIndexes(isGone) {
      for (const name of await indexFiles(folder, isGone)) await removeEntry(folder, name);
    },
  };
}

/**
 * Deletes a model's indexes in every library, except those that are open.
 * @throws StorageUnavailable
 */
export async function removeIndexesMadeBy(model: string): Promise<void> {
  for (const folder of await entriesOf(await makeDirectory(await storageRoot(), FOLDER))) {
    if (folder.kind === 'file') continue;
    for (const name of await indexFiles(folder, (index) => isMadeBy(model, index.model))) {
      // Another tab has it open. Harmless: other weights never use it, since its name contains the fingerprint.
      await removeEntry(folder, name).catch(() => undefined);
    }
  }
}

/** Deletes the storage of a library that is not open. @throws StorageUnavailable, StorageBusy */
export async function removeLibraryStore(library: string): Promise<void> {
  await deleteLibraryDatabase(databaseName(library));
  await removeEntry(await makeDirectory(await storageRoot(), FOLDER), library);
}

function databaseName(library: string): string {
  return `clipscope library ${library}`;
}

/** The fingerprint first: it has a fixed length, so the model id starts after it. */
function fileName({ model, weights }: IndexName): string {
  return `${weights} ${encodeURIComponent(model)}`;
}

/** The file names, in a library's folder, of the indexes for which `is` holds. */
async function indexFiles(
  folder: FileSystemDirectoryHandle,
  is: (index: IndexName) => boolean,
): Promise<string[]> {
  const names = (await entriesOf(folder)).map(({ name }) => name);
  return names.filter((name) => {
    const index = indexOf(name);
    return index !== undefined && is(index);
  });
}

function indexOf(name: string): IndexName | undefined {
  const parts = /^([\da-f]{32}) (.+)\.[01]$/.exec(name);
  if (!parts?.[1] || !parts[2]) return undefined;
  return { weights: parts[1], model: decodeURIComponent(parts[2]) };
}
