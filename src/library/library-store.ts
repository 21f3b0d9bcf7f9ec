import { isMadeBy } from '../core/model-id';
import { entriesOf, makeDirectory, removeEntry, storageRoot } from '../storage/directory';
import { openInPlace, type SyncAccess } from '../storage/sync-access';
import { deleteLibraryDatabase, openLibraryDatabase, type LibraryDatabase } from './database';

/** Where a library is kept. */
export interface LibraryStore {
  readonly database: LibraryDatabase;
  /** Opens the two files of an index. */
  openIndex(index: IndexName): Promise<[SyncAccess, SyncAccess]>;
  /** Removes the files of every index that `isGone` names; none of them is open. */
  removeIndexes(isGone: (index: IndexName) => boolean): Promise<void>;
}

/** Which embeddings an index holds. */
export interface IndexName {
  /** The model's id. */
  readonly model: string;
  /** What tells its image tower from another of that id. */
  readonly weights: string;
}

/** The folder of all libraries' indexes in the site's private storage. */
const FOLDER = 'libraries';

/** The two files of an index end so. */
const ENDINGS = ['.0', '.1'] as const;

/**
 * Where the library called `library` is kept: a database and, in the site's private storage, a folder of index files,
 * two for each model. In dedicated workers only.
 * @throws StorageUnavailable, StorageFull
 */
export async function openLibraryStore(library: string): Promise<LibraryStore> {
  const folder = await makeDirectory(await storageRoot(), FOLDER, library);
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

    async removeIndexes(isGone) {
      for (const name of await indexFiles(folder, isGone)) await removeEntry(folder, name);
    },
  };
}

/**
 * Removes what `model` made of every library, as far as nobody has it open.
 * @throws StorageUnavailable
 */
export async function removeIndexesMadeBy(model: string): Promise<void> {
  for (const folder of await entriesOf(await makeDirectory(await storageRoot(), FOLDER))) {
    if (folder.kind === 'file') continue;
    for (const name of await indexFiles(folder, (index) => isMadeBy(model, index.model))) {
      // Another tab has it open. It is of no use to other weights, which is what they are told by.
      await removeEntry(folder, name).catch(() => undefined);
    }
  }
}

/** Removes all that is kept of a library, which nobody has open. @throws StorageUnavailable, StorageBusy */
export async function removeLibraryStore(library: string): Promise<void> {
  await deleteLibraryDatabase(databaseName(library));
  await removeEntry(await makeDirectory(await storageRoot(), FOLDER), library);
}

function databaseName(library: string): string {
  return `clipscope library ${library}`;
}

/** The weights first: of fixed length, they end where the model begins. */
function fileName({ model, weights }: IndexName): string {
  return `${weights} ${encodeURIComponent(model)}`;
}

/** The names of the files of those indexes in a library's folder that `is` holds for. */
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
