import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { named } from './database';
import { FIRST_LIBRARY, type LibraryRecord } from './records';

interface Schema extends DBSchema {
  libraries: { key: string; value: LibraryRecord };
}

const NAME = 'clipscope libraries';
const VERSION = 1;

/**
 * All libraries: the first, which always exists, then the others by name.
 * @throws StorageUnavailable, LibraryNewer, as do all here
 */
export function listLibraries(): Promise<LibraryRecord[]> {
  return inDatabase('Listing the libraries', async (database) => {
    const [first, ...others] = withFirst(await database.getAll('libraries'));
    return [first, ...others.sort((a, b) => a.name.localeCompare(b.name))];
  });
}

/**
 * Adds or renames a library; false if the name is taken (case-insensitive).
 * @throws StorageUnavailable, StorageFull
 */
export function putLibrary(library: LibraryRecord): Promise<boolean> {
  return inDatabase('Naming a library', async (database) => {
    const change = database.transaction('libraries', 'readwrite', { durability: 'strict' });
    const others = withFirst(await change.store.getAll()).filter(({ id }) => id !== library.id);
    const isTaken = others.some(({ name }) => folded(name) === folded(library.name));
    if (!isTaken) await change.store.put(library);
    await change.done;
    return !isTaken;
  });
}

/** Removes a library from the list, but not its stored data. @throws StorageUnavailable */
export function removeLibrary(id: string): Promise<void> {
  return inDatabase('Forgetting a library', (database) => database.delete('libraries', id));
}

/** Adds the first library, which is stored here only after it was renamed. */
function withFirst(kept: readonly LibraryRecord[]): [LibraryRecord, ...LibraryRecord[]] {
  const isFirst = ({ id }: LibraryRecord) => id === FIRST_LIBRARY.id;
  return [kept.find(isFirst) ?? FIRST_LIBRARY, ...kept.filter((library) => !isFirst(library))];
}

function folded(name: string): string {
  return name.normalize().toLowerCase();
}

function inDatabase<T>(task: string, work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  return named(task, async () => {
    const database = await openDB<Schema>(NAME, VERSION, {
      upgrade: (empty) => void empty.createObjectStore('libraries', { keyPath: 'id' }),
    });
    try {
      return await work(database);
    } finally {
      database.close();
    }
  });
}
