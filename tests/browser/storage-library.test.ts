import { wrap } from 'comlink';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Embeddings, LibraryApi } from '../../workers/api';

let worker: Worker;
let library: LibraryApi;

beforeEach(() => {
  worker = new Worker(new URL('../../workers/library.worker.ts', import.meta.url), { type: 'module' });
  library = wrap<LibraryApi>(worker);
});

afterEach(() => worker.terminate());

function rows(model: string, ...numbers: number[]): Embeddings {
  return { model, count: numbers.length / 2, dim: 2, data: Float32Array.from(numbers) };
}

test('the library worker answers everything across its boundary', async () => {
  expect(await library.open('a', 2)).toEqual(new Int32Array(0));
  await library.add([4, 1, 9], rows('a', 1, 0, 0, 1, 0.6, 0.8));
  await library.add([5], rows('b', 1, 0));
  expect(await library.open('a', 2)).toEqual(Int32Array.of(1, 4, 9));
  expect(await library.search(rows('a', 1, 0), 2)).toEqual([
    { id: 4, score: 1 },
    { id: 9, score: Math.fround(0.6) },
  ]);
  expect((await library.searchLike(9, 2)).map(({ id }) => id)).toEqual([9, 1]);
  expect(await library.cosines(rows('a', 1, 0, 0, 1))).toEqual({
    ids: Int32Array.of(1, 4, 9),
    cosines: Float32Array.of(0, 1, 1, 0, 0.6, 0.8),
  });
  await library.remove([1, 4, 5]);
  expect(await library.open('a', 2)).toEqual(Int32Array.of(9));
  expect(await library.open('b', 2)).toEqual(new Int32Array(0));
});

test('a failure keeps its name across the boundary', async () => {
  await expect(library.searchLike(1, 1)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
});
