/** Owns the stored photos and embeddings, so that a search stays quick while the towers run. */
import { expose, transfer } from 'comlink';
import { failureName, type FailureName } from '../src/core/failure';
import { once } from '../src/core/tasks';
import { PhotoLibrary } from '../src/library/photo-library';
import { openShelf, removeShelf } from '../src/library/shelf';
import { tryLock } from '../src/storage/lock';
import type { LibraryApi } from './api';
import { holdLifeLock } from './life-lock';

/** What the one library is called where it is kept. */
const NAME = 'main';

interface Opened {
  readonly library: PhotoLibrary;
  readonly unkept?: FailureName;
}

// Why a lock: two writers would spoil each other's index. A second tab works in memory alone and says so.
const lock = once(() => tryLock(`clipscope library ${NAME}`));

let opened = once(open);

async function open(): Promise<Opened> {
  if (!(await lock())) return inMemory('StorageBusy');
  try {
    const library = new PhotoLibrary(await openShelf(NAME));
    await library.restore();
    return { library };
  } catch (error) {
    return inMemory(failureName(error) ?? 'StorageUnavailable');
  }
}

function inMemory(unkept: FailureName): Opened {
  return { library: new PhotoLibrary(undefined), unkept };
}

async function use(): Promise<PhotoLibrary> {
  return (await opened()).library;
}

const api: LibraryApi = {
  async restore() {
    const { library, unkept } = await opened();
    return { folders: library.folders, photos: library.photos, ...(unkept && { unkept }) };
  },
  async open(model, dim, weights) {
    const ids = await (await use()).open(model, dim, weights);
    return transfer(ids, [ids.buffer]);
  },
  putPhotos: async (photos) => (await use()).putPhotos(photos),
  putFolder: async (folder) => (await use()).putFolder(folder),
  removeFolder: async (id) => (await use()).removeFolder(id),
  claim: async (model, contents) => (await use()).claim(model, contents),
  add: async (readings, rows, thumbnails) => (await use()).add(readings, rows, thumbnails),
  thumbnail: async (key) => (await use()).thumbnail(key),
  remove: async (ids) => (await use()).remove(ids),
  drop: async (model) => (await use()).drop(model),
  async forget() {
    const { library, unkept } = await opened();
    await library.close();
    if (!unkept) await removeShelf(NAME);
    opened = once(open);
  },
  search: async (query, k) => (await use()).rows.search(query, k),
  searchLike: async (id, k) => (await use()).rows.searchLike(id, k),
  async cosines(rows) {
    const answer = (await use()).rows.cosines(rows);
    return transfer(answer, [answer.ids.buffer, answer.cosines.buffer]);
  },
};

expose(api);
holdLifeLock();
