import { wrap } from 'comlink';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Embeddings, LibraryApi } from '../../workers/api';
import { unpacked } from '../../src/library/photo-pack';
import type { PhotoRecord, Reading } from '../../src/library/records';

const WEIGHTS = 'a'.repeat(32);

let workers: Worker[] = [];

/** The library worker of one more tab. */
function tab(): LibraryApi {
  const worker = new Worker(new URL('../../workers/library.worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  return wrap<LibraryApi>(worker);
}

/** Ends all workers; resolves once what they held is free. */
async function endVisit(): Promise<void> {
  for (const worker of workers) worker.terminate();
  workers = [];
  const { held = [] } = await navigator.locks.query();
  for (const { name } of held) await navigator.locks.request(name!, () => undefined);
}

let library: LibraryApi;

beforeEach(async () => {
  library = tab();
  await library.restore('main');
});

afterEach(async () => {
  await library.forget();
  await endVisit();
});

function rows(model: string, ...numbers: number[]): Embeddings {
  return { model, count: numbers.length / 2, dim: 2, data: Float32Array.from(numbers) };
}

function photos(...ids: number[]): PhotoRecord[] {
  return ids.map((id) => ({ id, folder: 0, path: `${id}.jpg`, bytes: id, modified: 1 }));
}

function readings(...ids: number[]): Reading[] {
  return ids.map((id) => ({ id, key: id.toString(16).padStart(32, '0'), width: 4, height: 3 }));
}

/** All photos of the library. */
async function kept(): Promise<PhotoRecord[]> {
  return (await library.photosFrom(0, Infinity)).flatMap(unpacked);
}

const NONE: ReadonlyMap<string, Blob> = new Map();

test('the library worker answers everything across its boundary', async () => {
  expect(await library.open('a', 2, WEIGHTS)).toEqual(new Int32Array(0));
  await library.putPhotos(photos(1, 4, 5, 9));
  await library.add(readings(4, 1, 9), rows('a', 1, 0, 0, 1, 0.6, 0.8), NONE);
  expect(await library.open('b', 2, WEIGHTS)).toEqual(new Int32Array(0));
  await library.add(readings(5), rows('b', 1, 0), NONE);
  expect(await library.open('a', 2, WEIGHTS)).toEqual(Int32Array.of(1, 4, 9));
  expect(await library.search(rows('a', 1, 0), 2)).toEqual([
    { id: 4, score: expect.closeTo(1, 4) },
    { id: 9, score: expect.closeTo(0.6, 4) },
  ]);
  const among = Uint8Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
  expect((await library.search(rows('a', 1, 0), 2, among)).map(({ id }) => id)).toEqual([9, 1]);
  expect(await library.row('a', 4)).toHaveLength(2);
  expect(await library.row('a', 5)).toBeUndefined();
  const part = await library.rowsOf('a', 2, 1);
  expect([part.model, part.count, part.dim, ...part.ids]).toEqual(['a', 1, 2, 4]);
  expect(part.data[0]).toBeCloseTo(1, 4);
  await library.close('b');
  await expect(library.rowsOf('b', 0, 1)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
  const { ids, cosines } = await library.cosines(rows('a', 1, 0, 0, 1));
  expect(ids).toEqual(Int32Array.of(1, 4, 9));
  for (const [at, cosine] of [0, 1, 1, 0, 0.6, 0.8].entries()) expect(cosines[at]).toBeCloseTo(cosine, 4);
  await library.remove([1, 4, 5]);
  expect(await library.open('a', 2, WEIGHTS)).toEqual(Int32Array.of(9));
  expect(await library.open('b', 2, WEIGHTS)).toEqual(new Int32Array(0));
});

test('photos, folders, thumbnails and rows are there on the next visit', async () => {
  await library.open('a', 2, WEIGHTS);
  await library.putFolder({ id: 1, name: 'trip', kind: 'listed', exclude: ['*.png'] });
  await library.putPhotos(photos(1, 2));
  const small = new Map([[readings(1)[0]!.key, new Blob(['small'], { type: 'image/webp' })]]);
  await library.add(readings(1), rows('a', 0.6, 0.8), small);
  await endVisit();

  library = tab();
  expect(await library.restore('main')).toEqual({
    folders: [{ id: 1, name: 'trip', kind: 'listed', exclude: ['*.png'] }],
  });
  expect(await kept()).toEqual([{ ...photos(1)[0], ...readings(1)[0] }, photos(2)[0]]);
  expect((await library.photosFrom(2, 1)).flatMap(unpacked)).toEqual(photos(2));
  expect(await library.open('a', 2, WEIGHTS)).toEqual(Int32Array.of(1));
  expect(await library.search(rows('a', 1, 0), 2)).toEqual([{ id: 1, score: expect.closeTo(0.6, 3) }]);
  const smalls = await library.thumbnails(readings(2, 1).map(({ key }) => key));
  expect([...smalls.keys()]).toEqual([readings(1)[0]!.key]);
  expect(await smalls.get(readings(1)[0]!.key)?.text()).toBe('small');
});

test('a directory can be remembered', async () => {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getDirectoryHandle('remembered', { create: true });
  await library.putFolder({ id: 1, name: 'remembered', kind: 'directory', handle, exclude: [] });
  await endVisit();
  library = tab();
  const { folders } = await library.restore('main');
  expect(await folders[0]?.handle?.isSameEntry(handle)).toBe(true);
  await root.removeEntry('remembered');
});

test('a second tab works in memory alone and says why', async () => {
  await library.putPhotos(photos(1));
  const other = tab();
  expect(await other.restore('main')).toEqual({ folders: [], unkept: 'StorageBusy' });
  await other.open('a', 2, WEIGHTS);
  await other.putPhotos(photos(8));
  await other.add(readings(8), rows('a', 1, 0), NONE);
  expect(await other.search(rows('a', 1, 0), 2)).toEqual([{ id: 8, score: expect.closeTo(1, 4) }]);
  await library.restore('main');
  expect(await kept()).toEqual(photos(1));
});

test('libraries keep their photos apart, and one that is forgotten is gone', async () => {
  await library.putPhotos(photos(1));
  const made = (await library.createLibrary('Work'))!;
  expect(await library.createLibrary('work')).toBeUndefined();
  let other = tab();
  // What is asked early waits for the library.
  const early = other.open('a', 2, WEIGHTS);
  expect(await other.restore(made.id)).toEqual({ folders: [] });
  expect(await early).toEqual(new Int32Array(0));
  await expect(other.restore('main')).rejects.toMatchObject({ name: 'StorageBusy' });
  await other.putPhotos(photos(7));
  await other.add(readings(7), rows('a', 1, 0), NONE);
  expect(await other.renameLibrary({ ...made, name: 'Office' })).toBe(true);
  await endVisit();

  library = tab();
  await library.restore('main');
  expect(await kept()).toEqual(photos(1));
  expect(await library.libraries()).toEqual([
    { id: 'main', name: 'My photos' },
    { id: made.id, name: 'Office' },
  ]);
  other = tab();
  await other.restore(made.id);
  expect(await other.open('a', 2, WEIGHTS)).toEqual(Int32Array.of(7));
  await other.forget();
  await other.putPhotos(photos(8));
  expect(await library.libraries()).toHaveLength(1);
  const names = (await indexedDB.databases()).map(({ name }) => name);
  expect(names).not.toContain(`clipscope library ${made.id}`);
});

test('a removed model’s rows go from every library, those of others stay', async () => {
  const made = (await library.createLibrary('Work'))!;
  const other = tab();
  await other.restore(made.id);
  for (const model of ['a', 'a@64x64', 'ab']) await other.open(model, 2, WEIGHTS);
  await endVisit();

  library = tab();
  await library.restore('main');
  await library.open('a', 2, WEIGHTS);
  await library.forgetModel('a');
  const root = await navigator.storage.getDirectory();
  const libraries = await root.getDirectoryHandle('libraries');
  const indexFiles = async (id: string) => {
    const names: string[] = [];
    for await (const name of (await libraries.getDirectoryHandle(id)).keys()) names.push(name);
    return names.filter((name) => name.startsWith(WEIGHTS)).sort();
  };
  expect(await indexFiles('main')).toEqual([]);
  expect(await indexFiles(made.id)).toEqual([`${WEIGHTS} ab.0`, `${WEIGHTS} ab.1`]);
  const last = tab();
  await last.restore(made.id);
  await last.forget();
});

test('photos whose records the browser lost are counted until the library is forgotten', async () => {
  await library.putPhotos(photos(1, 2, 3));
  await endVisit();
  await new Promise<void>((resolve, reject) => {
    const lost = indexedDB.deleteDatabase('clipscope library main');
    lost.onsuccess = () => resolve();
    lost.onerror = () => reject(lost.error ?? new Error('not deleted'));
  });
  library = tab();
  expect(await library.restore('main')).toEqual({ folders: [], missing: 3 });
  await library.forget();
  await endVisit();
  library = tab();
  expect(await library.restore('main')).toEqual({ folders: [] });
});

test('everything can be forgotten, and begun again', async () => {
  await library.open('a', 2, WEIGHTS);
  await library.putPhotos(photos(1));
  await library.add(readings(1), rows('a', 1, 0), NONE);
  await library.forget();
  await library.restore('main');
  expect(await kept()).toEqual([]);
  expect(await library.open('a', 2, WEIGHTS)).toEqual(new Int32Array(0));
  await endVisit();
  library = tab();
  await library.restore('main');
  expect(await kept()).toEqual([]);
});

test('a failure keeps its name across the boundary', async () => {
  await expect(library.search(rows('c', 1, 0), 1)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
});
