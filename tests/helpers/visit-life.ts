import type { LibraryStore } from '../../src/library/library-store';
import { FIRST_LIBRARY, type FolderRecord } from '../../src/library/records';
import type { LibraryApi } from '../../workers/api';
import { createLibraryApi } from '../../workers/library/library-api';
import type { MemoryDisk } from './memory-disk';

/** A library that lives in memory, as that of a second tab. */
export function secondTabLibrary(): LibraryApi {
  return createLibraryApi({
    list: async () => [FIRST_LIBRARY],
    put: async () => true,
    takeOff: async () => undefined,
    lock: async () => false,
    openStore: async () => undefined,
    removeStore: async () => undefined,
    removeIndexesMadeBy: async () => undefined,
    openDevice: async () => undefined,
  });
}

/** `api` for as long as the visit lives: afterwards nothing is done, and nothing answers. */
export function mortal<Api extends object>(visit: { readonly alive: boolean }, api: Api): Api {
  const never = () => new Promise<never>(() => undefined);
  return new Proxy(api, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (!visit.alive) return never();
        const answer: unknown = value.apply(target, given);
        if (!(answer instanceof Promise)) return answer;
        return answer.then(
          (done: unknown) => (visit.alive ? done : never()),
          (error: unknown) => (visit.alive ? Promise.reject(error as Error) : never()),
        );
      };
    },
  });
}

/** The store of a visit. Handles of directories survive in a browser's database; here their paths do. */
export function mortalStore(
  visit: { readonly alive: boolean },
  store: LibraryStore,
  disk: MemoryDisk,
): LibraryStore {
  const { database } = store;
  const pathOf = ({ handle }: FolderRecord) => (handle as unknown as { path: string } | undefined)?.path;
  const withHandle = (folder: FolderRecord, handle: (path: string) => unknown): FolderRecord => {
    const path = pathOf(folder);
    return path === undefined ? folder : { ...folder, handle: handle(path) as FileSystemDirectoryHandle };
  };
  return mortal(visit, {
    ...store,
    database: mortal(visit, {
      ...database,
      folders: async () =>
        (await database.folders()).map((folder) => withHandle(folder, (path) => disk.directory(path))),
      putFolder: (folder) => database.putFolder(withHandle(folder, (path) => ({ path }))),
    }),
    openIndex: async (index) => {
      const files = await store.openIndex(index);
      return files.map((file) => mortal(visit, file)) as unknown as typeof files;
    },
  });
}
