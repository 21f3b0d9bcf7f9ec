import { expect, test } from 'vitest';
import { PhotoLibrary } from '../../src/library/photo-library';
import { memoryShelves } from './memory-store';

const [QUICK, FULL] = ['a'.repeat(32), 'b'.repeat(32)];
const KEY = '1'.repeat(32);

/** A library with one photo that the model `m` was opened for, as `QUICK`. */
async function opened(how: string) {
  const library = new PhotoLibrary(how === 'with' ? await memoryShelves().open() : undefined);
  await library.restore();
  await library.putPhotos([{ id: 1, folder: 1, path: '1.jpg', bytes: 1, modified: 1 }]);
  await library.open('m', 2, QUICK);
  const add = (madeBy: string) =>
    library.add([{ id: 1, key: KEY, width: 4, height: 3 }], {
      model: 'm',
      count: 1,
      dim: 2,
      data: Float32Array.of(1, 0),
      madeBy,
    });
  return { library, add };
}

test.each(['with', 'without'])('%s a store, rows that others made are none of a model', async (how) => {
  const { library, add } = await opened(how);
  await add(QUICK);
  expect([...(await library.open('m', 2, QUICK))]).toEqual([1]);
  expect([...(await library.open('m', 2, FULL))]).toEqual([]);
  await add(FULL);
  expect([...(await library.open('m', 2, FULL))]).toEqual([1]);
});

test.each(['with', 'without'])(
  '%s a store, rows that arrive when their model is open as another are not kept, but the photo is read',
  async (how) => {
    const { library, add } = await opened(how);
    await library.open('m', 2, FULL);
    await add(QUICK);
    expect(library.row('m', 1)).toBeUndefined();
    expect(library.photos).toMatchObject([{ id: 1, key: KEY, width: 4 }]);
    expect([...(await library.open('m', 2, FULL))]).toEqual([]);
    await add(FULL);
    expect(library.row('m', 1)).toEqual(Float32Array.of(1, 0));
  },
);

test('rows with a name of their own are kept, whatever made them', async () => {
  const { library, add } = await opened('without');
  await library.openBeside('m by wasm', 2);
  await add(QUICK);
  const row = { model: 'm by wasm', count: 1, dim: 2, data: Float32Array.of(0, 1), madeBy: FULL };
  await library.add([{ id: 1, key: KEY, width: 4, height: 3 }], row);
  expect([...(await library.openBeside('m by wasm', 2))]).toEqual([1]);
  expect(library.row('m', 1)).toEqual(Float32Array.of(1, 0));
});
