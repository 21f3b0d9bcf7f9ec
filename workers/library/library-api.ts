import { transfer } from 'comlink';
import { Failure, failureName, type FailureName } from '../../src/core/failure';
import { once } from '../../src/core/tasks';
import type { GpuDevice } from '../../src/gpu/device';
import { LabelBook } from '../../src/library/label-book';
import type { LibraryStore } from '../../src/library/library-store';
import { PhotoLibrary } from '../../src/library/photo-library';
import { FIRST_LIBRARY, type LibraryRecord } from '../../src/library/records';
import { TwinSearch } from '../../src/search/twin-search';
import type { LibraryApi } from '../api';
import { exportEmbeddings } from './export-embeddings';
import { learnFromPhotos } from './learn-from-photos';

/** The storage, locks and GPU that a library worker uses. */
export interface LibraryParts {
  /** As `LibraryApi.libraries`. */
  list(): Promise<LibraryRecord[]>;
  /** Adds a library to the list or renames it; false if the name is taken. */
  put(library: LibraryRecord): Promise<boolean>;
  /** Removes a library from the list. */
  takeOff(id: string): Promise<void>;
  /** Takes the write lock of this library; false if another tab holds it. */
  lock(id: string): Promise<boolean>;
  /**
   * Opens the stored library of this id; undefined for one that lives in memory only.
   * @throws StorageUnavailable, StorageUnsupported, StorageFull, LibraryNewer
   */
  openStore(id: string): Promise<LibraryStore | undefined>;
  /** Deletes the stored library, once closed. */
  removeStore(id: string): Promise<void>;
  /** Deletes a model's embeddings from every library that is not open. */
  removeIndexesMadeBy(model: string): Promise<void>;
  /** A GPU for searching a large library; undefined if there is no suitable one. */
  openDevice(): Promise<GpuDevice | undefined>;
}

interface Opened {
  readonly library: PhotoLibrary;
  readonly labels: LabelBook;
  readonly unkept?: FailureName;
}

/** The library worker's API, on the storage given by `parts`. */
export function createLibraryApi(parts: LibraryParts): LibraryApi {
  let tellId: (id: string) => void;
  /** The id of this worker's library, known once `restore` was called. */
  const id = new Promise<string>((resolve) => (tellId = resolve));
  // Why a lock: two writers would corrupt each other's index. A second tab works in memory only and says so.
  const lock = once(async () => parts.lock(await id));
  const twins = new TwinSearch(() => parts.openDevice());
  let opened = once(open);
  let stopDuplicates = new AbortController();
  let stopExport = new AbortController();
  let stopLearning = new AbortController();

  async function open(): Promise<Opened> {
    if (!(await lock())) return inMemory('StorageBusy');
    try {
      const store = await parts.openStore(await id);
      const library = new PhotoLibrary(store, twins);
      await library.restore();
      return { library, labels: new LabelBook(store?.database) };
    } catch (error) {
      return inMemory(failureName(error) ?? 'StorageUnavailable');
    }
  }

  function inMemory(unkept: FailureName): Opened {
    return { library: new PhotoLibrary(undefined, twins), labels: new LabelBook(undefined), unkept };
  }

  async function use(): Promise<PhotoLibrary> {
    return (await opened()).library;
  }

  return {
    libraries: () => parts.list(),
    async createLibrary(name) {
      const library = { id: crypto.randomUUID(), name };
      return (await parts.put(library)) ? library : undefined;
    },
    renameLibrary: (library) => parts.put(library),
    async restore(asked) {
      tellId(asked);
      if ((await id) !== asked) throw new Failure('StorageBusy', 'This worker has another library open');
      const { library, unkept } = await opened();
      const { folders, missing } = library;
      return { folders, ...(unkept && { unkept }), ...(missing > 0 && { missing }) };
    },
    photosFrom: async (first, count) => (await use()).packsFrom(first, count),
    async open(model, dim, weights, decoding) {
      const ids = await (await use()).open(model, dim, weights, decoding);
      return transfer(ids, [ids.buffer]);
    },
    async openBeside(model, dim, weights, decoding) {
      const ids = await (await use()).openBeside(model, dim, weights, decoding);
      return transfer(ids, [ids.buffer]);
    },
    damaged: async (model) => (await use()).damaged(model),
    close: async (model) => (await use()).closeModel(model),
    putPhotos: async (photos) => (await use()).putPhotos(photos),
    putFolder: async (folder) => (await use()).putFolder(folder),
    removeFolder: async (folder) => (await use()).removeFolder(folder),
    claim: async (model, contents) => (await use()).claim(model, contents),
    add: async (readings, rows, thumbnails) => (await use()).add(readings, rows, thumbnails),
    thumbnails: async (keys) => (await use()).thumbnails(keys),
    labels: async () => (await opened()).labels.all(),
    putLabels: async (changes) => (await opened()).labels.put(changes),
    remove: async (ids) => (await use()).remove(ids),
    drop: async (model) => (await use()).drop(model),
    async forgetModel(model) {
      await (await use()).drop(model);
      await parts.removeIndexesMadeBy(model);
    },
    async forget() {
      const { library, unkept } = await opened();
      await library.close();
      if (!unkept) await parts.removeStore(await id);
      const isFirst = (await id) === FIRST_LIBRARY.id;
      // A call still in flight must not recreate the removed library.
      opened = once(isFirst ? open : () => inMemory('StorageUnavailable'));
      if (!unkept && !isFirst) await parts.takeOff(await id);
    },
    async search(query, k, among) {
      const subset = among && { has: (photo: number) => among[photo] === 1 };
      return (await use()).search(query, k, subset);
    },
    row: async (model, photo) => (await use()).row(model, photo),
    async rowsOf(model, first, count) {
      const answer = (await use()).rowsOf(model, first, count);
      return transfer(answer, [answer.ids.buffer, answer.data.buffer]);
    },
    async duplicates(threshold, onProgress) {
      const library = await use();
      stopDuplicates.abort();
      stopDuplicates = new AbortController();
      const { signal } = stopDuplicates;
      return library.duplicates({ threshold, signal, onProgress });
    },
    async exportEmbeddings(request, onProgress) {
      const { library, labels } = await opened();
      stopExport.abort();
      stopExport = new AbortController();
      const source = {
        packsFrom: library.packsFrom.bind(library),
        row: library.row.bind(library),
        labels: await labels.all(),
      };
      return exportEmbeddings(source, request, { signal: stopExport.signal, onProgress });
    },
    stopExport: async () => stopExport.abort(),
    async learnLabels(lesson, onProgress) {
      const library = await use();
      stopLearning.abort();
      stopLearning = new AbortController();
      const { signal } = stopLearning;
      return learnFromPhotos(library.row.bind(library), lesson, { signal, onProgress });
    },
    stopLearning: async () => stopLearning.abort(),
    stopDuplicates: async () => stopDuplicates.abort(),
    async cosines(rows) {
      const answer = (await use()).embeddings.cosines(rows);
      return transfer(answer, [answer.ids.buffer, answer.cosines.buffer]);
    },
    async nearestQueries(rows, ids, most, scale) {
      const answer = (await use()).embeddings.nearestQueries(rows, ids, most, scale);
      const { queries, cosines, logSums } = answer;
      return transfer(answer, [answer.ids.buffer, queries.buffer, cosines.buffer, logSums.buffer]);
    },
  };
}
