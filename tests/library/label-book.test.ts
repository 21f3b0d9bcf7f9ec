import { describe, expect, it } from 'vitest';
import { LabelBook } from '../../src/library/label-book';
import { accept, reject } from '../../src/library/photo-labels';
import { memoryShelves } from './memory-store';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)] as const;
const dog = accept(undefined, 'dog');
const noCat = reject(undefined, 'cat');

describe.each(['in a database', 'in memory'])('labels %s', (where) => {
  const shelves = memoryShelves();
  const open = async () => new LabelBook(where === 'in memory' ? undefined : (await shelves.open()).database);

  it('are kept by content, changed and taken away', async () => {
    const book = await open();
    await book.put(
      new Map([
        [A, dog],
        [B, noCat],
      ]),
    );
    expect(await book.all()).toEqual(
      new Map([
        [A, dog],
        [B, noCat],
      ]),
    );
    await book.put(
      new Map([
        [A, reject(dog, 'dog')],
        [B, undefined],
      ]),
    );
    expect(await book.all()).toEqual(new Map([[A, reject(dog, 'dog')]]));
  });
});

it('outlast the visit, and the photos', async () => {
  const shelves = memoryShelves();
  const store = await shelves.open();
  await new LabelBook(store.database).put(new Map([[A, dog]]));
  await store.database.keepThumbnails(() => false);
  store.database.close();
  const later = await shelves.open();
  expect(await new LabelBook(later.database).all()).toEqual(new Map([[A, dog]]));
});
