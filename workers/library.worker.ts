/** Owns the stored photos and embeddings, so that a search stays quick while the towers run. */
import { expose, transfer } from 'comlink';
import { Failure, failureName, type FailureName } from '../src/core/failure';
import { once } from '../src/core/tasks';
import { PhotoLibrary } from '../src/library/photo-library';
import { findAdapter, isFallback, openDevice, type GpuDevice } from '../src/gpu/device';
import { FIRST_LIBRARY, isRead, type PhotoRecord } from '../src/library/records';
import { listLibraries, putLibrary, removeLibrary } from '../src/library/library-list';
import { openLibraryStore, removeIndexesMadeBy, removeLibraryStore } from '../src/library/library-store';
import { findDuplicates } from '../src/search/duplicates/duplicates';
import { TwinSearch } from '../src/search/twin-search';
import { tryLock } from '../src/storage/lock';
import type { LibraryApi } from './api';
import { holdLifeLock } from './life-lock';

interface Opened {
  readonly library: PhotoLibrary;
  readonly unkept?: FailureName;
}

/** The id of the library that this worker has in its keeping, once `restore` has told it. */
let tellId: (id: string) => void;
const id = new Promise<string>((resolve) => (tellId = resolve));

// Why a lock: two writers would spoil each other's index. A second tab works in memory alone and says so.
const lock = once(async () => tryLock(`clipscope library ${await id}`));

let opened = once(open);
const twins = new TwinSearch(openHardware);
/** The photos while they are fetched part by part. */
let listed: PhotoRecord[] = [];
let stopDuplicates = new AbortController();

async function open(): Promise<Opened> {
  if (!(await lock())) return inMemory('StorageBusy');
  try {
    const library = new PhotoLibrary(await openLibraryStore(await id));
    await library.restore();
    return { library };
  } catch (error) {
    return inMemory(failureName(error) ?? 'StorageUnavailable');
  }
}

function inMemory(unkept: FailureName): Opened {
  return { library: new PhotoLibrary(undefined), unkept };
}

async function openHardware(): Promise<GpuDevice | undefined> {
  const adapter = await findAdapter();
  return adapter && !isFallback(adapter) ? openDevice(adapter, false) : undefined;
}

async function use(): Promise<PhotoLibrary> {
  return (await opened()).library;
}

const api: LibraryApi = {
  libraries: listLibraries,
  async createLibrary(name) {
    const library = { id: crypto.randomUUID(), name };
    return (await putLibrary(library)) ? library : undefined;
  },
  renameLibrary: putLibrary,
  async restore(asked) {
    tellId(asked);
    if ((await id) !== asked) throw new Failure('StorageBusy', 'This worker has another library open');
    const { library, unkept } = await opened();
    return { folders: library.folders, ...(unkept && { unkept }) };
  },
  async photosFrom(first, count) {
    const library = await use();
    // A worker that took a dead one's place may be asked for a later part first.
    if (first === 0 || listed.length === 0) listed = library.photos;
    const part = listed.slice(first, first + count);
    if (part.length < count) listed = [];
    return part;
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
  thumbnails: async (keys) => (await use()).thumbnails(keys),
  remove: async (ids) => (await use()).remove(ids),
  drop: async (model) => (await use()).drop(model),
  async forgetModel(model) {
    await (await use()).drop(model);
    await removeIndexesMadeBy(model);
  },
  async forget() {
    const { library, unkept } = await opened();
    await library.close();
    if (!unkept) await removeLibraryStore(await id);
    const isFirst = (await id) === FIRST_LIBRARY.id;
    // Nothing that is still on its way may bring a removed library back.
    opened = once(isFirst ? open : () => inMemory('StorageUnavailable'));
    if (!unkept && !isFirst) await removeLibrary(await id);
  },
  async search(query, k, among) {
    const index = (await use()).rows.indexFor(query);
    const row = query.data.subarray(0, query.dim);
    return twins.topK(index, row, k, among && { has: (id) => among[id] === 1 });
  },
  row: async (model, id) => (await use()).rows.get(model, id),
  async duplicates(threshold, onProgress) {
    const library = await use();
    stopDuplicates.abort();
    stopDuplicates = new AbortController();
    const { signal } = stopDuplicates;
    return findDuplicates(library.photos.filter(isRead), library.rows.current, {
      threshold,
      signal,
      onProgress,
    });
  },
  stopDuplicates: async () => stopDuplicates.abort(),
  async cosines(rows) {
    const answer = (await use()).rows.cosines(rows);
    return transfer(answer, [answer.ids.buffer, answer.cosines.buffer]);
  },
};

expose(api);
holdLifeLock();
