import { describe, expect, test } from 'vitest';
import type { Decoding } from '../../src/core/decoding';
import { PhotoLibrary } from '../../src/library/photo-library';
import { PACK_IDS, unpacked } from '../../src/library/photo-pack';
import type { PhotoRecord, Reading } from '../../src/library/records';
import { recordSize } from '../../src/search/index-file/record';
import { flipped } from '../search/index-file/small-index';
import { memoryShelves } from './memory-store';

const WEIGHTS = 'a'.repeat(32);

const key = (digit: number) => digit.toString(16).repeat(32);

function photo(id: number, changes: Partial<PhotoRecord> = {}): PhotoRecord {
  return { id, folder: 1, path: `trip/${id}.jpg`, bytes: 100 + id, modified: 5, ...changes };
}

function reading(id: number, content = id): Reading {
  return { id, key: key(content), width: 4, height: 3 };
}

function rows(...numbers: number[]) {
  return { model: 'm', count: numbers.length / 2, dim: 2, data: Float32Array.from(numbers) };
}

/** The `k` best for [1, 0]. */
const search = (library: PhotoLibrary, k: number) => library.search(rows(1, 0), k);

const found = async (library: PhotoLibrary) => (await search(library, 9)).map(({ id }) => id);

async function visit(
  shelves: ReturnType<typeof memoryShelves>,
  weights = WEIGHTS,
  decoding: Decoding = 'scaled',
) {
  const library = new PhotoLibrary(await shelves.open());
  await library.restore();
  const held = [...(await library.open('m', 2, weights, decoding))];
  return { library, held };
}

/** A first visit that has embedded photos 1 and 2. */
async function begun() {
  const shelves = memoryShelves();
  const { library } = await visit(shelves);
  await library.putPhotos([photo(1), photo(2)]);
  await library.add([reading(1), reading(2)], rows(1, 0, 0.6, 0.8), new Map([[key(1), new Blob(['one'])]]));
  return { shelves, library };
}

describe('a library', () => {
  test('never answers with a photo whose file became another', async () => {
    const { library } = await begun();
    await library.putPhotos([photo(1, { bytes: 7 }), photo(2, { ...reading(2), modified: 6 })]);
    expect(await found(library)).toEqual([2]);
    await library.add([reading(1, 5)], rows(1, 0));
    expect(await found(library)).toEqual([1, 2]);
  });

  test('has its photos and their rows on the next visit', async () => {
    const { shelves } = await begun();
    const { library, held } = await visit(shelves);
    expect(held).toEqual([1, 2]);
    expect(library.photos).toEqual([
      { ...photo(1), ...reading(1) },
      { ...photo(2), ...reading(2) },
    ]);
    expect(await found(library)).toEqual([1, 2]);
    expect(await (await library.thumbnails([key(1), key(2)])).get(key(1))?.text()).toBe('one');
  });

  test('knows how many photos a browser lost, until there are others', async () => {
    const { shelves, library } = await begun();
    await library.putPhotos([photo(3)]);
    await library.remove([3]);
    expect((await visit(shelves)).library.missing).toBe(0);
    shelves.loseDatabase();
    const later = (await visit(shelves)).library;
    expect([later.missing, later.photos]).toEqual([2, []]);
    expect((await visit(shelves)).library.missing).toBe(2);
    await later.putPhotos([photo(9)]);
    expect((await visit(shelves)).library.missing).toBe(0);
  });

  test('takes no damaged count for one, and needs none', async () => {
    const { shelves } = await begun();
    shelves.loseDatabase();
    const { bytes } = shelves.count;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      shelves.count.write(flipped(bytes, bit), { at: 0 });
      expect((await visit(shelves)).library.missing).toBe(0);
    }
    shelves.count.truncate(5);
    expect((await visit(shelves)).library.missing).toBe(0);
    const store = await shelves.open();
    const library = new PhotoLibrary({ ...store, openCount: () => Promise.reject(new Error('no')) });
    await library.restore();
    await library.putPhotos([photo(1)]);
    expect([library.missing, library.photos.length]).toEqual([0, 1]);
  });

  test('leaves out a damaged row, says so once, and takes the one embedded anew', async () => {
    const { shelves } = await begun();
    const [file] = [...shelves.files.values()][0]!;
    file.write(Uint8Array.of(file.bytes[280]! ^ 4), { at: 280 });
    const { library, held } = await visit(shelves);
    expect([held, library.damaged('m'), library.damaged('other')]).toEqual([[2], 1, 0]);
    await library.add([reading(1)], rows(1, 0));
    const next = await visit(shelves);
    expect([next.held, next.library.damaged('m')]).toEqual([[1, 2], 0]);
  });

  test('opens though the disk has no room to free what is wasted', async () => {
    const { shelves } = await begun();
    const [file, spare] = [...shelves.files.values()][0]!;
    file.write(Uint8Array.of(file.bytes[280]! ^ 4), { at: 280 });
    spare.write = () => 0;
    const { held, library } = await visit(shelves);
    expect([held, library.damaged('m')]).toEqual([[2], 1]);
    await library.add([reading(1)], rows(1, 0));
    expect((await visit(shelves)).held).toEqual([1, 2]);
  });

  test('claims the row of a photo that was renamed, also after the old one is gone', async () => {
    const { shelves, library } = await begun();
    await library.remove([1]);
    await library.putPhotos([photo(7, { path: 'trip/new.jpg' })]);
    expect(await library.claim('m', [{ id: 7, key: key(1) }])).toEqual([reading(7, 1)]);
    expect(await found(library)).toEqual([7, 2]);
    expect((await visit(shelves)).held).toEqual([2, 7]);
  });

  test('keeps the row of a photo that was moved by a record from before it was read', async () => {
    const { shelves, library } = await begun();
    await library.putPhotos([photo(7)]);
    await library.claim('m', [{ id: 7, key: key(1) }]);
    await library.putPhotos([photo(7, { path: 'trip/new.jpg' })]);
    expect(library.photos.at(-1)).toEqual({ ...photo(7, { path: 'trip/new.jpg' }), ...reading(7, 1) });
    expect(await found(library)).toEqual([1, 7, 2]);
    expect((await visit(shelves)).held).toEqual([1, 2, 7]);
    await library.putPhotos([photo(7, { modified: 99 })]);
    expect(await found(library)).toEqual([1, 2]);
  });

  test('claims nothing for content that it does not know', async () => {
    const { library } = await begun();
    await library.putPhotos([photo(3)]);
    expect(await library.claim('m', [reading(3)])).toEqual([]);
    expect(library.photos.at(-1)).toEqual(photo(3));
  });

  test('keeps one row for copies', async () => {
    const { shelves, library } = await begun();
    await library.putPhotos([photo(3)]);
    expect(await library.claim('m', [{ id: 3, key: key(1) }])).toEqual([reading(3, 1)]);
    const next = await visit(shelves);
    expect(next.held).toEqual([1, 2, 3]);
    await next.library.remove([1]);
    expect((await visit(shelves)).held).toEqual([2, 3]);
  });

  test('gives an edited file its new row, and forgets the thumbnail of the old content', async () => {
    const { shelves, library } = await begun();
    await library.add([reading(1, 9)], rows(0, 1));
    const next = await visit(shelves);
    await next.library.tidied;
    expect(await next.library.thumbnails([key(1)])).toEqual(new Map());
    expect(next.library.photos[0]?.key).toBe(key(9));
    expect(await search(next.library, 1)).toEqual([{ id: 2, score: expect.closeTo(0.6, 3) }]);
  });

  test('leaves out a photo that was removed while it was read', async () => {
    const { shelves, library } = await begun();
    await library.putPhotos([photo(3), photo(4)]);
    await library.remove([3]);
    await library.add([reading(3), reading(4)], rows(1, 0, 0, 1));
    expect((await visit(shelves)).held).toEqual([1, 2, 4]);
    expect(library.row('m', 4)?.[1]).toBeCloseTo(1, 5);
  });

  test('gives up rows that other weights of the same name made', async () => {
    const { shelves } = await begun();
    const { held } = await visit(shelves, 'b'.repeat(32));
    expect(held).toEqual([]);
    expect([...shelves.files.keys()]).toEqual([`${'b'.repeat(32)} m`]);
  });

  test('drops what a model made at whatever image size', async () => {
    const { shelves, library } = await begun();
    await library.open('m@64x64', 2, WEIGHTS);
    await library.drop('m');
    expect([...shelves.files.keys()]).toEqual([]);
    expect((await visit(shelves)).held).toEqual([]);
  });

  test('keeps the rows of a model when it is opened at another image size, and the reverse', async () => {
    const { library } = await begun();
    await library.open('m@64x64', 2, WEIGHTS);
    await library.add([reading(2)], { ...rows(1, 0), model: 'm@64x64' });
    await library.closeModel('m');
    expect([...(await library.open('m', 2, WEIGHTS))]).toEqual([1, 2]);
    expect([...(await library.open('m@64x64', 2, WEIGHTS))]).toEqual([2]);
  });

  test('opens a model beside the current one, which stays the current one', async () => {
    const { shelves, library } = await begun();
    await library.openBeside('other', 3, WEIGHTS);
    const other = { model: 'other', count: 1, dim: 3, data: Float32Array.of(0, 1, 0) };
    await library.add([reading(2)], other);
    expect((await library.search(other, 9)).map(({ id }) => id)).toEqual([2]);
    expect(await found(library)).toEqual([1, 2]);
    expect(await library.duplicates({ threshold: 0.5 })).toHaveLength(1);
    const next = await visit(shelves);
    expect([...(await next.library.openBeside('other', 3, WEIGHTS))]).toEqual([2]);
  });

  test.each(['with', 'without'])(
    '%s a shelf it holds rows in memory only, until they are closed',
    async (how) => {
      const shelves = memoryShelves();
      const library = new PhotoLibrary(how === 'with' ? await shelves.open() : undefined);
      await library.restore();
      await library.putPhotos([photo(1), photo(2)]);
      expect([...(await library.openBeside('m', 2))]).toEqual([]);
      await library.add([reading(1)], rows(1, 0));
      expect(await library.claim('m', [{ id: 2, key: key(1) }])).toEqual([reading(2, 1)]);
      expect(await found(library)).toEqual([1, 2]);
      expect([...(await library.openBeside('m', 2))]).toEqual([1, 2]);
      expect([...shelves.files.keys()]).toEqual([]);
      await library.closeModel('m');
      expect(() => library.embeddings.cosines(rows(1, 0))).toThrow('holds nothing of the model m');
      expect([...(await library.openBeside('m', 2))]).toEqual([]);
    },
  );

  test('gives back the room of rows that no photo needs', async () => {
    const { shelves, library } = await begun();
    await library.remove([2]);
    const size = () => Math.max(...[...shelves.files.values()].flat().map((file) => file.getSize()));
    const before = size();
    expect((await visit(shelves)).held).toEqual([1]);
    expect(size()).toBe(before - recordSize(2));
  });

  test('packs what earlier visits kept one by one, and all that is in a pack with a removed photo', async () => {
    const { shelves, library } = await begun();
    const many = Array.from({ length: 300 }, (_, at) => photo(PACK_IDS + at));
    await library.putPhotos([photo(9), ...many]);
    await library.close();
    const kept = async () => (await shelves.open()).database.photos();
    expect((await kept()).packs).toEqual([]);
    const second = (await visit(shelves)).library;
    await second.tidied;
    // A few records are left as they are.
    expect((await kept()).packs.map(unpacked)).toEqual([many]);
    expect((await kept()).loose.map(({ id }) => id)).toEqual([1, 2, 9]);
    await second.remove([9, PACK_IDS]);
    await second.putPhotos([photo(PACK_IDS + 1, { bytes: 7 })]);
    await second.close();
    expect((await kept()).gone).toEqual([9, PACK_IDS]);
    const third = (await visit(shelves)).library;
    const expected = [
      { ...photo(1), ...reading(1) },
      { ...photo(2), ...reading(2) },
      photo(PACK_IDS + 1, { bytes: 7 }),
      ...many.slice(2),
    ];
    expect([third.missing, third.photos]).toEqual([0, expected]);
    expect(await found(third)).toEqual([1, 2]);
    await third.tidied;
    const { packs, loose, gone } = await kept();
    expect([packs.flatMap(unpacked), loose, gone]).toEqual([expected, [], []]);
    const fourth = await visit(shelves);
    expect([fourth.library.photos, fourth.held]).toEqual([expected, [1, 2]]);
  });

  test('keeps a thumbnail of a photo that is removed before it is tidied up', async () => {
    const { shelves } = await begun();
    const library = new PhotoLibrary(await shelves.open());
    await library.restore();
    await library.remove([1]);
    await library.open('m', 2, WEIGHTS);
    await library.tidied;
    expect((await library.thumbnails([key(1)])).size).toBe(1);
  });

  test('forgets a folder with its photos', async () => {
    const { shelves, library } = await begun();
    const folder = { id: 1, name: 'trip', kind: 'listed', exclude: [] } as const;
    await library.putFolder(folder);
    expect((await visit(shelves)).library.folders).toEqual([folder]);
    await library.removeFolder(1);
    const next = await visit(shelves);
    expect([next.library.folders, next.library.photos, next.held]).toEqual([[], [], []]);
  });

  test('works without a shelf for as long as it lives', async () => {
    const library = new PhotoLibrary(undefined);
    await library.restore();
    await library.open('m', 2, WEIGHTS);
    await library.putPhotos([photo(1), photo(2)]);
    await library.add([reading(1)], rows(1, 0));
    expect(await library.claim('m', [{ id: 2, key: key(1) }])).toEqual([reading(2, 1)]);
    expect([...(await library.open('m', 2, WEIGHTS))]).toEqual([1, 2]);
  });

  test('keeps nothing of a batch in memory that the disk refused', async () => {
    const { shelves, library } = await begun();
    await library.putPhotos([photo(3)]);
    const [file] = shelves.files.get(`${WEIGHTS} m`)!;
    file.onStep = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    await expect(library.add([reading(3)], rows(1, 0))).rejects.toMatchObject({ name: 'StorageFull' });
    expect(library.row('m', 3)).toBeUndefined();
    file.onStep = () => undefined;
    await library.add([reading(3)], rows(1, 0));
    expect((await visit(shelves)).held).toEqual([1, 2, 3]);
  });
});

describe('a library that is to be exact', () => {
  const decodings = ['exact', 'scaled'] as const;

  /** Photo 1 decoded exactly, photo 2 at a scale. */
  async function mixed(library: PhotoLibrary) {
    await library.putPhotos([photo(1), photo(2)]);
    await library.add([reading(1), reading(2)], { ...rows(1, 0, 0.6, 0.8), decodings });
  }

  const openings = {
    kept: async () => {
      const shelves = memoryShelves();
      const { library } = await visit(shelves);
      return library;
    },
    'in memory only': async () => {
      const library = new PhotoLibrary(undefined);
      await library.open('m', 2, WEIGHTS);
      return library;
    },
  };

  test.each(Object.entries(openings))('has no rows of photos decoded at a scale: %s', async (_, opening) => {
    const library = await opening();
    await mixed(library);
    expect(await found(library)).toEqual([1, 2]);
    const held = await library.open('m', 2, WEIGHTS, 'exact');
    expect(held).not.toContain(2);
    expect(await found(library)).toEqual([...held]);
    expect(library.row('m', 2)).toBeUndefined();
    expect(await library.claim('m', [{ id: 2, key: key(2) }])).toEqual([]);
    // A batch that was under way when the person chose.
    await library.add([reading(2)], { ...rows(0.6, 0.8), decodings: ['scaled'] });
    expect(await found(library)).toEqual([...held]);
    expect(library.photos).toContainEqual({ ...photo(2), ...reading(2) });
    await library.add([reading(1), reading(2)], { ...rows(1, 0, 0, 1), decodings: ['exact', 'exact'] });
    expect(await found(library)).toEqual([1, 2]);
    // Exact rows do for the fast way too.
    expect([...(await library.open('m', 2, WEIGHTS, 'scaled'))]).toEqual([1, 2]);
    expect(library.row('m', 2)?.[1]).toBeCloseTo(1, 3);
  });

  test('keeps exact rows of earlier visits, and finds the others again when it need not be exact', async () => {
    const shelves = memoryShelves();
    await mixed((await visit(shelves)).library);
    expect((await visit(shelves, WEIGHTS, 'exact')).held).toEqual([1]);
    expect((await visit(shelves)).held).toEqual([1, 2]);
    expect((await visit(shelves)).library.row('m', 2)?.[1]).toBeCloseTo(0.8, 3);
  });

  test('beside the current model too', async () => {
    const { library } = await visit(memoryShelves());
    await mixed(library);
    expect([...(await library.openBeside('m', 2, WEIGHTS, 'exact'))]).toEqual([1]);
    await library.openBeside('passing', 2);
    await library.add([reading(1), reading(2)], { ...rows(1, 0, 0.6, 0.8), model: 'passing', decodings });
    expect([...(await library.openBeside('passing', 2, undefined, 'exact'))]).toEqual([]);
  });
});
