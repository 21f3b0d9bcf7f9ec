import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { PhotoKey } from '../core/photo-key';
import { storageFailure } from '../storage/storage-failure';
import type { FolderRecord, PhotoRecord } from './records';

interface Schema extends DBSchema {
  folders: { key: number; value: FolderRecord };
  photos: { key: number; value: PhotoRecord };
  thumbnails: { key: PhotoKey; value: Blob };
}

type StoreNames = ('folders' | 'photos' | 'thumbnails')[];

const VERSION = 1;

/** Folders, photos and thumbnails of one library. Every change is atomic, and durable once its call resolves. */
export interface LibraryDatabase {
  folders(): Promise<FolderRecord[]>;
  /** By ascending id. */
  photos(): Promise<PhotoRecord[]>;
  putFolder(folder: FolderRecord): Promise<void>;
  /** Adds or replaces photos and their thumbnails. */
  putPhotos(photos: readonly PhotoRecord[], thumbnails?: ReadonlyMap<PhotoKey, Blob>): Promise<void>;
  removePhotos(ids: readonly number[]): Promise<void>;
  /** Removes a folder's record; use `removePhotos` for its photos. */
  removeFolder(id: number): Promise<void>;
  /** The stored ones among them. */
  thumbnails(keys: readonly PhotoKey[]): Promise<Map<PhotoKey, Blob>>;
  /** Deletes all thumbnails but the needed ones. */
  keepThumbnails(isNeeded: (key: PhotoKey) => boolean): Promise<void>;
  close(): void;
}

/**
 * Opens the database `name`, creating it if missing.
 * @throws StorageUnavailable, StorageFull; so do the methods
 */
export async function openLibraryDatabase(name: string): Promise<LibraryDatabase> {
  const database = await named('Opening the library', () =>
    openDB<Schema>(name, VERSION, {
      upgrade(empty) {
        empty.createObjectStore('folders', { keyPath: 'id' });
        empty.createObjectStore('photos', { keyPath: 'id' });
        empty.createObjectStore('thumbnails');
      },
      // Another tab is deleting the library, with the user's consent.
      blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    }),
  );
  return {
    folders: () => named('Reading the folders', () => database.getAll('folders')),
    photos: () => named('Reading the photos', () => database.getAll('photos')),
    thumbnails: (keys) =>
      named('Reading thumbnails', async () => {
        const { store } = database.transaction('thumbnails');
        const found = await Promise.all(keys.map(async (key) => [key, await store.get(key)] as const));
        return new Map(found.filter((each): each is [PhotoKey, Blob] => each[1] !== undefined));
      }),

    putFolder: (folder) => change(database, 'Writing a folder', ({ folders }) => void folders.put(folder)),
    removeFolder: (id) => change(database, 'Removing a folder', ({ folders }) => void folders.delete(id)),
    putPhotos: (list, smalls = new Map()) =>
      change(database, 'Writing photos', ({ photos, thumbnails }) => {
        for (const photo of list) void photos.put(photo);
        for (const [key, small] of smalls) void thumbnails.put(small, key);
      }),
    removePhotos: (ids) =>
      change(database, 'Removing photos', ({ photos }) => {
        for (const id of ids) void photos.delete(id);
      }),
    async keepThumbnails(isNeeded) {
      const keys = await named('Reading the thumbnails', () => database.getAllKeys('thumbnails'));
      const unused = keys.filter((key) => !isNeeded(key));
      if (unused.length === 0) return;
      await change(database, 'Removing thumbnails', ({ thumbnails }) => {
        for (const key of unused) void thumbnails.delete(key);
      });
    },
    close: () => database.close(),
  };
}

/** Deletes the database `name`. @throws StorageUnavailable */
export async function deleteLibraryDatabase(name: string): Promise<void> {
  await named('Forgetting the library', () => deleteDB(name));
}

/** The stores of a transaction, whose requests succeed all together or not at all. */
function change(
  database: IDBPDatabase<Schema>,
  task: string,
  work: (stores: ReturnType<typeof storesOf>) => void,
): Promise<void> {
  return named(task, async () => {
    // Why strict: otherwise a browser may report completion before the data is on disk, and a power cut could lose
    // photos whose embeddings were stored.
    const transaction = database.transaction(['folders', 'photos', 'thumbnails'], 'readwrite', {
      durability: 'strict',
    });
    work(storesOf(transaction));
    await transaction.done;
  });
}

function storesOf(transaction: IDBPTransaction<Schema, StoreNames, 'readwrite'>) {
  return {
    folders: transaction.objectStore('folders'),
    photos: transaction.objectStore('photos'),
    thumbnails: transaction.objectStore('thumbnails'),
  };
}

/** Runs `work`. @throws database errors as translated by `storageFailure`, naming `task` */
export async function named<T>(task: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await storageFailure(error, task);
  }
}
