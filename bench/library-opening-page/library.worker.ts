/** Makes a library and opens it, on the browser's own storage and in a thread of its own as the page does. */
import { expose } from 'comlink';
import { PhotoLibrary } from '../../src/library/photo-library';
import { openLibraryStore, removeLibraryStore } from '../../src/library/library-store';
import { Clusters } from '../index-search-page/clusters';

const NAME = 'bench';
const MODEL = 'bench';

/** As long as what tells a model's weights. */
const WEIGHTS = '0'.repeat(32);

/** Photos added at a time. */
const BATCH = 5000;

let library: PhotoLibrary | undefined;

const bench = {
  /** A new library of `count` photos, each with a content of its own and a row of `dim` numbers. */
  async make(count: number, dim: number): Promise<void> {
    await removeLibraryStore(NAME);
    const made = new PhotoLibrary(await openLibraryStore(NAME));
    await made.restore();
    await made.open(MODEL, dim, WEIGHTS);
    const clusters = new Clusters(dim);
    for (let first = 0; first < count; first += BATCH) {
      const ids = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => first + i);
      const data = new Float32Array(ids.length * dim);
      for (const [i, id] of ids.entries()) data.set(clusters.row(id), i * dim);
      await made.putPhotos(ids.map(recordOf));
      await made.add(ids.map(readingOf), { model: MODEL, count: ids.length, dim, data });
    }
    await made.close();
  },

  /** Milliseconds to read the photos that are kept. */
  async restore(): Promise<number> {
    const began = performance.now();
    library = new PhotoLibrary(await openLibraryStore(NAME));
    await library.restore();
    return performance.now() - began;
  },

  /** Milliseconds to read the index of all their embeddings into memory, and how many there are. */
  async open(dim: number): Promise<{ milliseconds: number; rows: number }> {
    const began = performance.now();
    const ids = await library!.open(MODEL, dim, WEIGHTS);
    return { milliseconds: performance.now() - began, rows: ids.length };
  },

  /** Packs what was kept one by one. */
  async tidy(): Promise<void> {
    await library!.tidied;
  },
};

export type LibraryBench = typeof bench;

function recordOf(id: number) {
  const path = `photos/${Math.floor(id / 1000)}/photo-${id}.jpg`;
  return { id, folder: 1, path, bytes: 2_000_000 + id, modified: 1_700_000_000_000 + id };
}

function readingOf(id: number) {
  return { id, key: id.toString(16).padStart(32, '0'), width: 1600, height: 1200, taken: 1_700_000_000_000 };
}

expose(bench);
