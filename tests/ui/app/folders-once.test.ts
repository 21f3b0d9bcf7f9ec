/** Folders that are one, or lie in one another: each photo stands once, and none is taken for another. */
import { beforeEach, describe, expect, it } from 'vitest';
import { filesOfDirectory, filesOfDrop, type GivenFile } from '../../../src/ui/kit/given-files';
import type { AppState } from '../../../src/ui/app/app-state.svelte';
import { MemoryDisk } from '../../helpers/memory-disk';
import { modelsWorker, settled, summary, testLibrary, type TestLibrary, until } from '../fakes';
import { testApp } from './test-app';

let library: TestLibrary;
let app: AppState;
let disk: MemoryDisk;

beforeEach(async () => {
  library = testLibrary();
  disk = new MemoryDisk();
  ({ app } = testApp({ library, models: modelsWorker([summary('tiny')]) }));
  await app.models.start('tiny', undefined);
});

async function ended(adding: Promise<unknown>): Promise<void> {
  await adding;
  await settled();
  await until(() => app.indexing.phase === 'idle');
}

/** Adds a folder by the folder input, which gives no handles. */
const list = (files: Record<string, number>, modified = 1) =>
  ended(
    app.photoImport.addFiles(
      Object.entries(files).map(([path, angle]) =>
        Object.defineProperty(
          new File([`${angle}`], path.split('/').at(-1)!, { type: 'image/jpeg', lastModified: modified }),
          'webkitRelativePath',
          { value: path },
        ),
      ),
      'folder',
    ),
  );

function pick(path: string): Promise<void> {
  disk.allowed.add(path);
  return ended(app.photoImport.add(filesOfDirectory(disk.directory(path)), 'chosen'));
}

const photos = () => app.photos.list.map(({ folder, path }) => `${folder} ${path}`);
const folders = () => app.gallery.folders.list.map(({ id, name }) => `${id} ${name}`);

describe('folders that the browser gives without handles', () => {
  const CARD = { 'DCIM/1.jpg': 10, 'DCIM/2.jpg': 20, 'DCIM/3.jpg': 30 };

  it('stay two where two cards are numbered alike', async () => {
    await list(CARD);
    await list({ 'DCIM/1.jpg': 100, 'DCIM/2.jpg': 110 });
    expect(folders()).toEqual(['1 DCIM', '2 DCIM']);
    expect(photos()).toEqual([
      '1 DCIM/1.jpg',
      '1 DCIM/2.jpg',
      '1 DCIM/3.jpg',
      '2 DCIM/1.jpg',
      '2 DCIM/2.jpg',
    ]);
    expect(app.indexing.indexed).toBe(5);
    // Each is known again.
    await list(CARD);
    await list({ 'DCIM/1.jpg': 100, 'DCIM/2.jpg': 110 });
    expect(photos()).toHaveLength(5);
    expect(app.notices.said).toBe('2 already here');
  });

  it('stay two also where every picture has the same length', async () => {
    await list(CARD);
    await list({ 'DCIM/1.jpg': 40, 'DCIM/2.jpg': 50, 'DCIM/3.jpg': 60 }, 2);
    expect(folders()).toEqual(['1 DCIM', '2 DCIM']);
    expect(app.indexing.indexed).toBe(6);
  });

  it('stay two also where lengths and dates are the same, read before or not', async () => {
    const other = { 'DCIM/1.jpg': 40, 'DCIM/2.jpg': 50, 'DCIM/3.jpg': 60 };
    await Promise.all([list(CARD), list(other)]);
    expect(folders()).toEqual(['1 DCIM', '2 DCIM']);
    expect(app.indexing.indexed).toBe(6);
    await list({ 'DCIM/1.jpg': 70, 'DCIM/2.jpg': 80, 'DCIM/3.jpg': 90 });
    expect(app.indexing.indexed).toBe(9);
    // Each is known again.
    for (const card of [CARD, other]) await list(card);
    expect(photos()).toHaveLength(9);
  });

  it('stay two where both are dropped at once', async () => {
    const dropped = [CARD, { 'DCIM/1.jpg': 100, 'DCIM/2.jpg': 110 }].flatMap((card): GivenFile[] => {
      const listing = {};
      return Object.entries(card).map(([path, angle]) => {
        const file = new File([`${angle}`], path.slice(5), { type: 'image/jpeg', lastModified: 1 });
        return { ok: true, file, path, listing };
      });
    });
    await ended(app.photoImport.add(dropped, 'chosen'));
    expect(folders()).toEqual(['1 DCIM', '2 DCIM']);
    expect(app.indexing.indexed).toBe(5);
  });

  it('stay two where one is picked while the other is still being read', async () => {
    const [first, second] = [list(CARD), list({ 'DCIM/1.jpg': 11, 'DCIM/2.jpg': 21 }, 2)];
    await Promise.all([first, second]);
    expect(folders()).toEqual(['1 DCIM', '2 DCIM']);
    expect(photos()).toHaveLength(5);
  });

  it('are one where the same is picked again while it is being read', async () => {
    await Promise.all([list(CARD), list(CARD)]);
    expect(folders()).toEqual(['1 DCIM']);
    expect(photos()).toHaveLength(3);
  });

  it('are one where only the dates differ, and nothing is embedded again', async () => {
    await list(CARD);
    await list(CARD, 3_600_001);
    expect(folders()).toEqual(['1 DCIM']);
    expect(photos()).toHaveLength(3);
    expect(app.notices.said).toBe('3 already here');
    expect(await library.photos()).toMatchObject([{ modified: 3_600_001 }, {}, {}]);
  });

  it('become one with the folder around them, in whatever order', async () => {
    const child = { '2020/beach.jpg': 20, '2020/May/x.jpg': 30 };
    const parent = { 'Pictures/house.jpg': 10, 'Pictures/2020/beach.jpg': 20, 'Pictures/2020/May/x.jpg': 30 };
    await list(child);
    app.gallery.remove([1]);
    await list(parent);
    expect(folders()).toEqual(['2 Pictures']);
    expect(photos().sort()).toEqual(['2 Pictures/2020/beach.jpg', '2 Pictures/house.jpg']);
    await list(child);
    expect(photos()).toHaveLength(2);
    expect(app.gallery.photos.hiddenIn(2)).toBe(1);
    await app.photos.keep();
    expect(await library.photos()).toHaveLength(3);
    expect((await library.folders()).map(({ name }) => name)).toEqual(['Pictures']);
  });
});

describe('folders with handles', () => {
  beforeEach(() => {
    disk.put('Pictures/house.jpg', '10');
    disk.put('Pictures/2020/beach.jpg', '20');
    disk.put('Pictures/2020/raw/x.jpg', '30');
    disk.put('Pictures/2020/raw.jpg', '40');
  });

  it('inside a known one are parts of it', async () => {
    await pick('Pictures');
    disk.files.delete('Pictures/2020/raw.jpg');
    disk.put('Pictures/2020/new.jpg', '50');
    await pick('Pictures/2020');
    expect(app.notices.said).toBe('4 photos ready to search');
    expect(folders()).toEqual(['1 Pictures']);
    expect(photos().sort()).toEqual([
      '1 Pictures/2020/beach.jpg',
      '1 Pictures/2020/new.jpg',
      '1 Pictures/2020/raw/x.jpg',
      '1 Pictures/house.jpg',
    ]);
  });

  it('around a known one take it in, with what was removed from it and what it leaves out', async () => {
    await pick('Pictures/2020');
    await app.photoImport.exclude(1, ['raw']);
    const beach = app.photos.list.find(({ name }) => name === 'beach.jpg')!;
    app.gallery.remove([beach.id]);
    await pick('Pictures');
    expect(folders()).toEqual(['2 Pictures']);
    expect(photos().sort()).toEqual(['2 Pictures/2020/raw.jpg', '2 Pictures/house.jpg']);
    expect(app.gallery.photos.hiddenIn(2)).toBe(1);
    app.gallery.originals.forget(app.photos.ids());
    const raw = app.photos.list.find(({ name }) => name === 'raw.jpg')!;
    expect(await (await app.gallery.originals.open(raw)).text()).toBe('40');
    await app.photos.keep();
    expect((await library.photos()).map(({ folder }) => folder)).toEqual([2, 2, 2]);
    expect(await library.folders()).toMatchObject([{ id: 2, exclude: ['2020/raw', '2020/**/raw'] }]);
  });

  it('take in their photos that were added without a folder, and the other way round', async () => {
    const single = (path: string): GivenFile => {
      disk.allowed.add(path);
      return {
        ok: true,
        file: disk.file(path),
        path: path.split('/').at(-1)!,
        handle: disk.fileHandle(path),
      };
    };
    await ended(app.photoImport.add([single('Pictures/house.jpg')], 'chosen'));
    await pick('Pictures');
    expect(photos()).toHaveLength(4);
    expect(photos()[0]).toBe('1 Pictures/house.jpg');
    app.gallery.remove([0]);
    app.gallery.keepRemoval();
    await ended(
      app.photoImport.add([single('Pictures/2020/beach.jpg'), single('Pictures/house.jpg')], 'chosen'),
    );
    expect(photos()).toHaveLength(4);
    expect(app.gallery.photos.hiddenIn(1)).toBe(0);
    expect(app.indexing.indexed).toBe(4);
  });
});

describe('a folder that is removed while it is being read', () => {
  /** Gives the files of `t`; after two of them something happens. */
  async function* filesWith(event: () => Promise<unknown>): AsyncGenerator<GivenFile> {
    let given = 0;
    for await (const file of filesOfDirectory(disk.directory('P/t'))) {
      if (given++ === 2) await event();
      yield file;
    }
  }

  const drop = (event: () => Promise<unknown>) => ended(app.photoImport.add(filesWith(event), 'chosen'));

  beforeEach(() => {
    for (const angle of [10, 20, 30, 40]) disk.put(`P/t/${angle}.jpg`, `${angle}`);
    disk.put('P/house.jpg', '50');
    disk.put('Other/x.jpg', '60');
    disk.allowed.add('P');
  });

  it('stays removed, with all of its files', async () => {
    await drop(() => app.gallery.removeFolder(1));
    expect([photos(), folders()]).toEqual([[], []]);
    await drop(() => app.gallery.forgetLibrary());
    expect([photos(), folders()]).toEqual([[], []]);
  });

  it('gives none of its files to a folder that is added next', async () => {
    await drop(async () => {
      await app.gallery.removeFolder(1);
      await pick('Other');
    });
    expect([photos(), folders()]).toEqual([['2 Other/x.jpg'], ['2 Other']]);
  });

  it('has each photo once where it became a part of the folder around it', async () => {
    await drop(() => pick('P'));
    expect(folders()).toEqual(['2 P']);
    expect(photos().sort()).toEqual([
      '2 P/house.jpg',
      '2 P/t/10.jpg',
      '2 P/t/20.jpg',
      '2 P/t/30.jpg',
      '2 P/t/40.jpg',
    ]);
    await ended(app.photoImport.lookAgain(2));
    expect(photos()).toHaveLength(5);
  });
});

describe('names that handles leave out', () => {
  beforeEach(() => {
    disk.put('trip/a.jpg', '10');
    disk.put('trip/b:.jpg', '20');
    disk.allowed.add('trip');
  });

  const drop = () =>
    ended(
      app.photoImport.add(
        filesOfDrop({
          items: [
            {
              kind: 'file',
              getAsFile: () => null,
              getAsFileSystemHandle: async () => disk.directory('trip'),
              webkitGetAsEntry: () => disk.entry('trip'),
            },
          ],
        }),
        'chosen',
      ),
    );

  it('are taken in where a drop shows them, and stay at a look that does not', async () => {
    await drop();
    expect(photos()).toEqual(['1 trip/a.jpg', '1 trip/b:.jpg']);
    await ended(app.photoImport.lookAgain(1));
    await pick('trip');
    expect(photos()).toHaveLength(2);
    disk.files.delete('trip/b:.jpg');
    await ended(app.photoImport.lookAgain(1));
    expect(photos()).toHaveLength(2);
    await drop();
    expect(photos()).toEqual(['1 trip/a.jpg']);
  });

  it('must be given again on another visit, for another model', async () => {
    await drop();
    const models = modelsWorker([summary('tiny'), summary('other', 'folder')]);
    ({ app } = testApp({ library, models }));
    await app.gallery.restore();
    await ended(app.models.start('other', undefined));
    expect(app.indexing).toMatchObject({
      indexed: 1,
      outOfReach: [{ folder: 1, reach: 'again', count: 1 }],
    });
    await drop();
    expect(app.indexing).toMatchObject({ indexed: 2, outOfReach: [] });
  });
});
