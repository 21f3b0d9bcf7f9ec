import { describe, expect, test } from 'vitest';
import { createLibraryApi, type LibraryParts } from '../../workers/library/library-api';
import { unpacked } from '../../src/library/photo-pack';
import type { PhotoRecord, Reading } from '../../src/library/records';
import { memoryShelves } from '../library/memory-store';

const WEIGHTS = 'a'.repeat(32);
const NONE: ReadonlyMap<string, Blob> = new Map();

/** Libraries on a disk in memory; `done` tells what was asked of it. */
function disk(changes: Partial<LibraryParts> = {}) {
  const store = memoryShelves();
  const done: string[] = [];
  const parts: LibraryParts = {
    list: async () => [],
    put: async ({ name }) => name !== 'taken',
    takeOff: async (id) => void done.push(`take off ${id}`),
    lock: async () => true,
    openStore: () => store.open(),
    removeStore: async (id) => void done.push(`remove ${id}`),
    removeIndexesMadeBy: async (model) => void done.push(`remove what ${model} made`),
    openDevice: async () => undefined,
    ...changes,
  };
  return { parts, done };
}

function rows(model: string, ...numbers: number[]) {
  return { model, count: numbers.length / 2, dim: 2, data: Float32Array.from(numbers) };
}

const photos = (...ids: number[]): PhotoRecord[] =>
  ids.map((id) => ({ id, folder: 0, path: `${id}.jpg`, bytes: id, modified: 1 }));

const readings = (...ids: number[]): Reading[] =>
  ids.map((id) => ({ id, key: id.toString(16).padStart(32, '0'), width: 4, height: 3 }));

/** An open library with photos 4, 1 and 9 and their rows by model `a`. */
async function filled(changes: Partial<LibraryParts> = {}) {
  const { parts, done } = disk(changes);
  const library = createLibraryApi(parts);
  const restored = await library.restore('main');
  await library.open('a', 2, WEIGHTS);
  await library.putPhotos(photos(1, 4, 9));
  await library.add(readings(4, 1, 9), rows('a', 1, 0, 0, 1, 0.6, 0.8), NONE);
  return { library, parts, done, restored };
}

describe('a library worker', () => {
  test('has what was kept on the next visit', async () => {
    const { parts, restored } = await filled();
    expect(restored).toEqual({ folders: [] });
    const next = createLibraryApi(parts);
    await next.restore('main');
    expect((await next.photosFrom(2, 9)).flatMap(unpacked).map(({ id }) => id)).toEqual([4, 9]);
    expect([...(await next.open('a', 2, WEIGHTS))]).toEqual([1, 4, 9]);
  });

  test('answers in memory, and says why, where another one has the library or nothing can be opened', async () => {
    expect((await filled({ lock: async () => false })).restored).toEqual({
      folders: [],
      unkept: 'StorageBusy',
    });
    const { library, restored } = await filled({ openStore: () => Promise.reject(new Error('no disk')) });
    expect(restored).toEqual({ folders: [], unkept: 'StorageUnavailable' });
    expect(await library.search(rows('a', 1, 0), 1)).toMatchObject([{ id: 4 }]);
  });

  test('has one library in its life', async () => {
    const { library } = await filled();
    await expect(library.restore('other')).rejects.toMatchObject({ name: 'StorageBusy' });
  });

  test('waits with every answer until it is told which library', async () => {
    const library = createLibraryApi(disk().parts);
    let isAnswered = false;
    const answer = library.photosFrom(0, 1).then(() => (isAnswered = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAnswered).toBe(false);
    await library.restore('main');
    expect(await answer).toBe(true);
  });

  test('makes no library whose name is taken', async () => {
    const library = createLibraryApi(disk().parts);
    expect(await library.createLibrary('taken')).toBeUndefined();
    expect(await library.createLibrary('new')).toMatchObject({ name: 'new' });
  });

  test('searches all photos or some, by the rows of the query’s model', async () => {
    const { library } = await filled();
    const found = async (among?: Uint8Array<ArrayBuffer>) =>
      (await library.search(rows('a', 1, 0), 2, among)).map(({ id }) => id);
    expect(await found()).toEqual([4, 9]);
    expect(await found(Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0, 0, 1))).toEqual([9, 1]);
    await expect(library.search(rows('b', 1, 0), 2)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
  });

  test('gives the rows of a model piece by piece, ids rising, also where photos go between two', async () => {
    const { library } = await filled();
    const first = await library.rowsOf('a', 0, 2);
    expect(first).toMatchObject({ model: 'a', count: 2, dim: 2, ids: Int32Array.of(1, 4) });
    for (const [at, number] of [0, 1, 1, 0].entries()) expect(first.data[at]).toBeCloseTo(number, 4);
    await library.remove([1]);
    const next = await library.rowsOf('a', 5, 2);
    expect([next.count, ...next.ids]).toEqual([1, 9]);
    expect(next.data[1]).toBeCloseTo(0.8, 3);
    expect((await library.rowsOf('a', 10, 2)).count).toBe(0);
    await expect(library.rowsOf('b', 0, 2)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
  });

  test('has nothing of a closed model in memory, and every row when it is opened again', async () => {
    const { library } = await filled();
    await library.open('b', 2, WEIGHTS);
    await library.close('a');
    await expect(library.rowsOf('a', 0, 9)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
    await expect(library.search(rows('a', 1, 0), 1)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
    expect(await library.row('a', 4)).toBeUndefined();
    expect([...(await library.open('a', 2, WEIGHTS))]).toEqual([1, 4, 9]);
    expect(await library.search(rows('a', 1, 0), 1)).toMatchObject([{ id: 4 }]);
  });

  test('leaves out rows that come after their model was closed, and keeps what was read', async () => {
    const { library } = await filled();
    await library.putPhotos(photos(10));
    await library.close('a');
    await library.add(readings(10), rows('a', 1, 0), NONE);
    await expect(library.rowsOf('a', 0, 9)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
    expect((await library.photosFrom(10, 1)).flatMap(unpacked)[0]).toMatchObject({ id: 10, width: 4 });
    expect([...(await library.open('a', 2, WEIGHTS))]).toEqual([1, 4, 9]);
  });

  test('keeps the rows of a closed model where it could not read them again', async () => {
    const { library } = await filled({ openStore: async () => undefined });
    await library.close('a');
    expect([...(await library.rowsOf('a', 0, 9)).ids]).toEqual([1, 4, 9]);
  });

  test('forgets what a model made here and elsewhere', async () => {
    const { library, done } = await filled();
    await library.forgetModel('a');
    expect([...(await library.open('a', 2, WEIGHTS))]).toEqual([]);
    expect(done).toEqual(['remove what a made']);
  });

  test('forgets the first library, which goes on; another one is gone from the list', async () => {
    const { library, done } = await filled();
    await library.forget();
    expect(done).toEqual(['remove main']);
    const other = disk();
    const second = createLibraryApi(other.parts);
    await second.restore('w');
    await second.forget();
    expect(other.done).toEqual(['remove w', 'take off w']);
    await second.putPhotos(photos(1));
    const next = createLibraryApi(other.parts);
    await next.restore('w');
    expect(await next.photosFrom(0, 1)).toEqual([]);
  });

  test('groups photos that show the same, and stops when told', async () => {
    const { library } = await filled();
    await library.putPhotos(photos(10));
    await library.add(readings(10), rows('a', 1, 0.001), NONE);
    const groups = await library.duplicates(0.99, () => undefined);
    expect(groups.map(({ members }) => members.map(({ id }) => id).sort((a, b) => a - b))).toEqual([[4, 10]]);
    const stopped = library.duplicates(0.99, () => undefined);
    const again = library.duplicates(0.99, () => undefined);
    await expect(stopped).rejects.toMatchObject({ name: 'Cancelled' });
    expect(await again).toEqual(groups);
  });
});
