import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, test } from 'vitest';
import { openLibraryDatabase, type LibraryDatabase } from '../../src/library/database';
import { PACK_IDS, packed, unpacked } from '../../src/library/photo-pack';

let made = 0;
const newName = () => `database ${(made += 1)}`;

const photo = (id: number, path = `${id}.jpg`) => ({ id, folder: 1, path, bytes: 1, modified: 2 });

async function kept(database: LibraryDatabase) {
  const { packs, loose, gone } = await database.photos();
  return { packed: packs.flatMap(unpacked), loose, gone };
}

describe('a library’s database', () => {
  test('keeps changes beside the packs, until a pack is written in their place', async () => {
    const database = await openLibraryDatabase(newName());
    await database.putPacks([packed(0, [photo(1), photo(2), photo(3)]), packed(1, [photo(PACK_IDS)])]);
    await database.putPhotos([photo(2, 'moved.jpg'), photo(PACK_IDS - 1), photo(PACK_IDS + 1)]);
    await database.removePhotos([3, PACK_IDS]);
    expect(await kept(database)).toEqual({
      packed: [photo(1), photo(2), photo(3), photo(PACK_IDS)],
      loose: [photo(2, 'moved.jpg'), photo(PACK_IDS - 1), photo(PACK_IDS + 1)],
      gone: [3, PACK_IDS],
    });
    await database.putPacks([packed(0, [photo(1), photo(2, 'moved.jpg')])]);
    expect(await kept(database)).toEqual({
      packed: [photo(1), photo(2, 'moved.jpg'), photo(PACK_IDS)],
      loose: [photo(PACK_IDS + 1)],
      gone: [PACK_IDS],
    });
    await database.putPacks([packed(1, [])]);
    expect(await kept(database)).toEqual({ packed: [photo(1), photo(2, 'moved.jpg')], loose: [], gone: [] });
  });

  test('opens what an earlier version kept', async () => {
    const name = newName();
    const before = await openDB(name, 1, {
      upgrade(empty) {
        empty.createObjectStore('folders', { keyPath: 'id' });
        empty.createObjectStore('photos', { keyPath: 'id' });
        empty.createObjectStore('thumbnails');
      },
    });
    const folder = { id: 1, name: 'trip', kind: 'listed' as const, exclude: [] };
    await before.put('folders', folder);
    await before.put('photos', photo(4));
    await before.put('thumbnails', new Blob(['small']), 'a'.repeat(32));
    before.close();
    const database = await openLibraryDatabase(name);
    expect(await database.folders()).toEqual([folder]);
    expect(await kept(database)).toEqual({ packed: [], loose: [photo(4)], gone: [] });
    expect((await database.thumbnails(['a'.repeat(32)])).size).toBe(1);
    expect((await database.labels()).size).toBe(0);
  });

  test('of a later version is refused by name, and left as it is', async () => {
    const name = newName();
    const later = await openDB(name, 99, { upgrade: (empty) => void empty.createObjectStore('of 99') });
    await later.put('of 99', 'whatever', 1);
    later.close();
    await expect(openLibraryDatabase(name)).rejects.toMatchObject({
      name: 'LibraryNewer',
      message: expect.stringMatching(/^Opening the library failed: /) as string,
    });
    const again = await openDB(name, 99);
    expect(await again.get('of 99', 1)).toBe('whatever');
    again.close();
  });
});
