import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { Failure, messageOf } from '../core/failure';
import type { PhotoKey } from '../core/photo-key';
import { storageFailure } from '../storage/storage-failure';
import type { LabelChanges, PhotoLabels } from './photo-labels';
import { PACK_IDS, countOf, type PhotoPack } from './photo-pack';
import type { FolderRecord, PhotoRecord } from './records';

/** A photo that was removed since its pack was written. */
interface Gone {
  readonly id: number;
  readonly gone: true;
}

interface Schema extends DBSchema {
  folders: { key: number; value: FolderRecord };
  photos: { key: number; value: PhotoRecord | Gone };
  /** Since version 2. */
  packs: { key: number; value: PhotoPack };
  thumbnails: { key: PhotoKey; value: Blob };
  /** Since version 3. */
  labels: { key: PhotoKey; value: PhotoLabels };
}

const STORES = ['folders', 'photos', 'packs', 'thumbnails', 'labels'] as const;

const VERSION = 3;

/** The photos as they are kept: what is beside the packs, changed or gone since, counts before what is in them. */
export interface KeptPhotos {
  readonly packs: readonly PhotoPack[];
  readonly loose: readonly PhotoRecord[];
  readonly gone: readonly number[];
}

/** Folders, photos, thumbnails and labels of one library. Every change is atomic, and durable once its call resolves. */
// Why packs and records beside them: a million records take a browser five seconds to read, their packs a tenth of
// that; but one photo that changes must not write its pack anew. So changes are kept by themselves, and packed in a
// later visit; a pack is written with the removal of what it replaces, or not at all. Earlier versions knew only records.
export interface LibraryDatabase {
  folders(): Promise<FolderRecord[]>;
  photos(): Promise<KeptPhotos>;
  putFolder(folder: FolderRecord): Promise<void>;
  /** Adds or replaces photos and their thumbnails. */
  putPhotos(photos: readonly PhotoRecord[], thumbnails?: ReadonlyMap<PhotoKey, Blob>): Promise<void>;
  removePhotos(ids: readonly number[]): Promise<void>;
  /** Packs all photos of these ids, in place of what is kept of them. */
  putPacks(packs: readonly PhotoPack[]): Promise<void>;
  /** Removes a folder's record; use `removePhotos` for its photos. */
  removeFolder(id: number): Promise<void>;
  /** The stored ones among them. */
  thumbnails(keys: readonly PhotoKey[]): Promise<Map<PhotoKey, Blob>>;
  /** Deletes all thumbnails but the needed ones. */
  keepThumbnails(isNeeded: (key: PhotoKey) => boolean): Promise<void>;
  labels(): Promise<Map<PhotoKey, PhotoLabels>>;
  putLabels(changes: LabelChanges): Promise<void>;
  close(): void;
}

/**
 * Opens the database `name`, creating it if missing.
 * @throws LibraryNewer if a later version has changed its form; StorageUnavailable, StorageFull, as do the methods
 */
export async function openLibraryDatabase(name: string): Promise<LibraryDatabase> {
  const database = await named('Opening the library', () =>
    openDB<Schema>(name, VERSION, {
      upgrade(before, version) {
        if (version < 1) {
          before.createObjectStore('folders', { keyPath: 'id' });
          before.createObjectStore('photos', { keyPath: 'id' });
          before.createObjectStore('thumbnails');
        }
        if (version < 2) before.createObjectStore('packs', { keyPath: 'number' });
        if (version < 3) before.createObjectStore('labels');
      },
      // Another tab is deleting the library, with the user's consent.
      blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    }),
  );
  return {
    folders: () => named('Reading the folders', () => database.getAll('folders')),
    photos: () =>
      named('Reading the photos', async () => {
        // In one transaction, or a pack might be read before it is written and its records after.
        const reading = database.transaction(['packs', 'photos']);
        const [packs, records] = await Promise.all([
          reading.objectStore('packs').getAll(),
          reading.objectStore('photos').getAll(),
        ]);
        const gone = records.filter(isGone).map(({ id }) => id);
        return { packs, loose: records.flatMap((record) => (isGone(record) ? [] : record)), gone };
      }),
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
        for (const id of ids) void photos.put({ id, gone: true });
      }),
    putPacks: (list) =>
      change(database, 'Writing photos', ({ photos, packs }) => {
        for (const pack of list) {
          const first = pack.number * PACK_IDS;
          void photos.delete(IDBKeyRange.bound(first, first + PACK_IDS, false, true));
          void (countOf(pack) === 0 ? packs.delete(pack.number) : packs.put(pack));
        }
      }),
    async keepThumbnails(isNeeded) {
      const keys = await named('Reading the thumbnails', () => database.getAllKeys('thumbnails'));
      const unused = keys.filter((key) => !isNeeded(key));
      if (unused.length === 0) return;
      await change(database, 'Removing thumbnails', ({ thumbnails }) => {
        for (const key of unused) void thumbnails.delete(key);
      });
    },
    labels: () =>
      named('Reading the labels', async () => {
        const { store } = database.transaction('labels');
        const [keys, labels] = await Promise.all([store.getAllKeys(), store.getAll()]);
        return new Map(keys.map((key, at) => [key, labels[at]!]));
      }),
    putLabels: (changes) =>
      change(database, 'Writing labels', ({ labels }) => {
        for (const [key, said] of changes) void (said ? labels.put(said, key) : labels.delete(key));
      }),
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
    const transaction = database.transaction(STORES, 'readwrite', { durability: 'strict' });
    work(storesOf(transaction));
    await transaction.done;
  });
}

function isGone(record: PhotoRecord | Gone): record is Gone {
  return 'gone' in record;
}

function storesOf(transaction: IDBPTransaction<Schema, typeof STORES, 'readwrite'>) {
  return {
    folders: transaction.objectStore('folders'),
    photos: transaction.objectStore('photos'),
    packs: transaction.objectStore('packs'),
    thumbnails: transaction.objectStore('thumbnails'),
    labels: transaction.objectStore('labels'),
  };
}

/**
 * Runs `work`.
 * @throws LibraryNewer if a later version of this page has changed the database's form; other database errors as
 *   translated by `storageFailure`, naming `task`
 */
export async function named<T>(task: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'VersionError') {
      throw new Failure('LibraryNewer', `${task} failed: ${messageOf(error)}`, { cause: error });
    }
    throw await storageFailure(error, task);
  }
}
