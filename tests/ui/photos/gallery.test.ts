import { beforeEach, describe, expect, it } from 'vitest';
import { PACK_IDS, unpacked } from '../../../src/library/photo-pack';
import type { FolderRecord } from '../../../src/library/records';
import { Gallery, type GalleryParts } from '../../../src/ui/photos/gallery.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { failure, keyOf, memoryIn, testLibrary, type TestLibrary, picture, settled } from '../fakes';

/** What is said where nothing can be kept. */
const NOTHING = /keeps nothing for this page/;

const handle = { name: 'trip' } as FileSystemDirectoryHandle;
const trip: FolderRecord = { id: 1, name: 'trip', kind: 'directory', handle, exclude: [] };

let library: TestLibrary;
let notices: Notices;
let queued: number[];
let forgotten: number[];
let looked: number[];
let reloads: number;
/** What the gallery was told of other tabs: how they ask for the library, and whether they give it up. */
let tabs: { listening: string[]; ask: () => void; isGiven: boolean; taken: string[] };
let isLeft: boolean;
let gallery: Gallery;
/** What is remembered from visit to visit. */
let remembered: Map<string, string>;

function open(
  memories: GalleryParts['memories'] = [],
  lookAgain: GalleryParts['lookAgain'] = async (folder) => void looked.push(folder),
): Gallery {
  queued = [];
  forgotten = [];
  looked = [];
  reloads = 0;
  tabs = { listening: [], ask: () => {}, isGiven: true, taken: [] };
  isLeft = false;
  return new Gallery({
    library,
    notices,
    schedule: (work) => work(),
    unhurried: (work) => work(),
    albumPicture: () => Promise.reject(failure('NetworkFailed')),
    onFresh: (ids) => void queued.push(...ids),
    onSeen: (ids) => void queued.push(...ids),
    onStale: (ids) => void forgotten.push(...ids),
    onCount: () => {},
    memory: memoryIn(remembered),
    memories,
    otherTabs: {
      listen(id, onAsked) {
        tabs.listening.push(id);
        tabs.ask = onAsked;
      },
      async take(id) {
        tabs.taken.push(id);
        return tabs.isGiven;
      },
    },
    leave: () => (isLeft = true),
    reload: () => reloads++,
    lookAgain,
    onFolderGone: () => {},
    onForgotten: () => notices.say('forgotten'),
  });
}

beforeEach(async () => {
  library = testLibrary();
  remembered = new Map();
  notices = new Notices();
  await library.putFolder(trip);
  for (const [id, folder] of [
    [0, 0],
    [1, 1],
    [2, 1],
  ] as const) {
    const known = { key: keyOf(`${id}`), width: 4, height: 3 };
    await library.putPhotos([{ id, folder, path: `trip/${id}.jpg`, bytes: id, modified: 1, ...known }]);
  }
  gallery = open();
  await gallery.restore();
});

const ids = () => gallery.photos.list.map(({ id }) => id);

describe('Gallery', () => {
  it('takes up the photos of the last visit and looks what has become of their folders', () => {
    expect(gallery.restoring).toBe(false);
    expect(ids()).toEqual([0, 1, 2]);
    expect(queued).toEqual([0, 1, 2]);
    expect(looked).toEqual([1]);
  });

  it('says how many photos the browser lost, and how they come back', async () => {
    const { restore } = library;
    library.restore = async (id) => ({ ...(await restore(id)), missing: 12 });
    gallery = open();
    await gallery.restore();
    expect(notices.problems).toMatchObject([
      {
        happened: expect.stringContaining('lost what it kept about 12 photos'),
        todo: expect.stringContaining('Add the folders again'),
      },
    ]);
  });

  it('says nothing of lost photos that their folder gives again', async () => {
    const { restore } = library;
    library.restore = async (id) => ({ ...(await restore(id)), missing: 1 });
    const back = () => gallery.photos.add({ file: picture('3.jpg'), path: 'trip/3.jpg' }, 1);
    gallery = open([], async () => void back());
    await gallery.restore();
    expect(ids()).toHaveLength(4);
    expect(notices.problems).toEqual([]);
  });

  it.each([
    ['StorageUnavailable', NOTHING, /private browsing/],
    ['PageInsecure', NOTHING, /https.*localhost/],
    ['StorageUnsupported', NOTHING, /Update the browser/],
    ['LibraryNewer', /^A newer version .* only as long as this tab/, /^Reload the page.*as they were/],
  ] as const)('says why nothing is kept: %s', async (unkept, about, words) => {
    const { restore } = library;
    library.restore = async (id) => ({ ...(await restore(id)), unkept });
    gallery = open();
    await gallery.restore();
    const happened = expect.stringMatching(about);
    expect(notices.problems).toMatchObject([{ happened, todo: expect.stringMatching(words) }]);
    expect(gallery).toMatchObject({ unkept, isElsewhere: false });
  });

  describe('in two tabs', () => {
    it('is elsewhere where another tab has it, and comes here once that one gives it up', async () => {
      const { restore } = library;
      library.restore = async (id) => ({ ...(await restore(id)), unkept: 'StorageBusy' });
      gallery = open();
      await gallery.restore();
      expect(gallery.isElsewhere).toBe(true);
      expect(notices.problems).toEqual([]);
      tabs.isGiven = false;
      expect(await gallery.takeOver()).toBe(false);
      expect(reloads).toBe(0);
      tabs.isGiven = true;
      expect(await gallery.takeOver()).toBe(true);
      expect(reloads).toBe(1);
      expect(tabs.taken).toEqual(['main', 'main']);
      tabs.ask();
      await settled();
      expect(isLeft).toBe(false);
    });

    it('gives it up when the other one asks, with everything on disk before', async () => {
      const { remove } = library;
      library.remove = (ids) => (expect(isLeft).toBe(false), remove(ids));
      gallery.remove([0]);
      expect(tabs.listening).toEqual(['main']);
      tabs.ask();
      await settled();
      expect(await library.photos()).toMatchObject([{ id: 1 }, { id: 2 }]);
      expect(gallery.isElsewhere).toBe(true);
      expect(isLeft).toBe(true);
    });

    it('gives it up also where something cannot be stored', async () => {
      library.remove = () => Promise.reject(failure('StorageFull'));
      gallery.remove([0]);
      tabs.ask();
      await settled();
      expect(isLeft).toBe(true);
    });
  });

  it('takes no photo before those of earlier visits are here, and fetches them when asked again', async () => {
    const { photosFrom } = library;
    let deaths = 2;
    library.photosFrom = (...given) =>
      deaths-- > 0 ? Promise.reject(failure('WorkerDied')) : photosFrom(...given);
    gallery = open();
    await gallery.restore();
    expect(gallery).toMatchObject({ restoring: false, unkept: 'WorkerDied' });
    expect(notices.problems).toMatchObject([{ topic: 'library', name: 'WorkerDied' }]);
    await expect(gallery.fetched()).rejects.toMatchObject({ name: 'WorkerDied' });
    notices.problems[0]?.action?.run();
    await settled();
    expect(gallery).toMatchObject({ restoring: false, unkept: undefined });
    expect(notices.problems).toEqual([]);
    expect(ids()).toEqual([0, 1, 2]);
    expect(looked).toEqual([1]);
    expect(gallery.photos.add({ file: picture('new.jpg'), path: 'new.jpg' }, 0)).toEqual({
      id: 3,
      kind: 'new',
    });
  });

  it('remembers what was taken out of a folder, and forgets other photos', async () => {
    gallery.remove([0, 1]);
    expect(ids()).toEqual([2]);
    gallery.keepRemoval();
    await gallery.photos.keep();
    await settled();
    expect(await library.photos()).toMatchObject([{ id: 1, hidden: true }, { id: 2 }]);
    expect(gallery.photos.hiddenIn(1)).toBe(1);
  });

  it('forgets a folder none of whose photos is left', async () => {
    gallery.remove([1, 2]);
    gallery.keepRemoval();
    await settled();
    expect(gallery.folders.list).toEqual([]);
    expect(await library.photos()).toMatchObject([{ id: 0 }]);
    expect(await library.folders()).toEqual([]);
  });

  describe('a removal that can still be undone when the visit ends', () => {
    const nextVisit = async () => {
      gallery = open();
      await gallery.restore();
      await settled();
    };

    it('stands, and is final on the next visit', async () => {
      gallery.remove([0, 1]);
      await nextVisit();
      expect(ids()).toEqual([2]);
      expect(queued).toEqual([2]);
      expect(gallery.photos.removed).toEqual([]);
      expect(await library.photos()).toMatchObject([{ id: 1, hidden: true }, { id: 2 }]);
      expect(remembered).toEqual(new Map());
    });

    it('stands after another removal, also where the first is not on the disk yet', async () => {
      const { putPhotos } = library;
      library.putPhotos = () => new Promise(() => undefined);
      gallery.remove([1]);
      gallery.remove([0]);
      library.putPhotos = putPhotos;
      await nextVisit();
      expect(ids()).toEqual([2]);
    });

    it('does not stand once it was undone, nor reaches what came later under the same number', async () => {
      gallery.remove([1]);
      gallery.undoRemoval();
      await nextVisit();
      expect(ids()).toEqual([0, 1, 2]);
      gallery.remove([1]);
      await library.putPhotos([{ id: 1, folder: 1, path: 'trip/new.jpg', bytes: 5, modified: 2 }]);
      await nextVisit();
      expect(ids()).toEqual([0, 1, 2]);
    });

    it('is remembered until it is on the disk, and not where nothing is kept', async () => {
      const { remove } = library;
      library.remove = () => Promise.reject(failure('WorkerDied'));
      gallery.remove([0]);
      gallery.keepRemoval();
      await settled();
      library.remove = remove;
      await nextVisit();
      expect(await library.photos()).toMatchObject([{ id: 1 }, { id: 2 }]);

      const { restore } = library;
      library.restore = async (id) => ({ ...(await restore(id)), unkept: 'StorageBusy' });
      await nextVisit();
      gallery.remove([1]);
      expect(remembered).toEqual(new Map());
    });

    it('is forgotten where what was remembered cannot be read', async () => {
      remembered.set('clipscope removed main', '[{"id":');
      await nextVisit();
      expect(ids()).toEqual([0, 1, 2]);
    });
  });

  it('brings removed photos back', () => {
    gallery.remove([1]);
    queued = [];
    gallery.undoRemoval();
    expect(ids()).toEqual([0, 1, 2]);
    expect(queued).toEqual([1]);
  });

  it('lets a folder be read after a click, and reads what could not be read before', async () => {
    Object.assign(handle, { requestPermission: async () => 'denied' });
    queued = [];
    looked = [];
    await gallery.allow(1);
    expect([queued, looked]).toEqual([[], []]);
    expect(notices.said).toMatch(/^The browser did not allow reading \w/);
    Object.assign(handle, { requestPermission: async () => 'granted' });
    await gallery.allow(1);
    expect([queued, looked]).toEqual([[1, 2], [1]]);
  });

  it('forgets the first library, which goes on empty', async () => {
    await gallery.forgetLibrary();
    expect(ids()).toEqual([]);
    expect(gallery.folders.list).toEqual([]);
    expect(await library.photos()).toEqual([]);
    expect(notices.said).toBe('forgotten');
    expect(reloads).toBe(0);
    const added = gallery.photos.add({ file: picture('a'), path: 'a' }, 0);
    expect(added.kind).toBe('new');
  });

  it('takes up a large library a part at a time', async () => {
    const { photosFrom } = library;
    const most = PACK_IDS;
    const others = Array.from({ length: 2 * most - 3 }, (_, at) => at + 3);
    await library.putPhotos(
      others.map((id) => ({ id, folder: 0, path: `${id}.jpg`, bytes: 1, modified: 1 })),
    );
    const parts: number[] = [];
    library.photosFrom = async (first, count) => {
      const part = await photosFrom(first, count);
      parts.push(part.flatMap(unpacked).length);
      return part;
    };
    gallery = open();
    await gallery.restore();
    expect(parts).toEqual([most, most, 0]);
    expect(ids()).toEqual([0, 1, 2, ...others]);
  });

  it('opens the library that was chosen, and goes back to the first once that is forgotten', async () => {
    const remembered = new Map([['clipscope library', 'w']]);
    const opened: string[] = [];
    library = testLibrary([{ id: 'w', name: 'Work' }], false);
    const { restore } = library;
    library.restore = (id) => {
      opened.push(id);
      return restore(id);
    };
    gallery = open([
      {
        getItem: (name) => remembered.get(name) ?? null,
        setItem: (name, value) => void remembered.set(name, value),
      },
    ]);
    await gallery.restore();
    expect(opened).toEqual(['w']);
    expect(notices.said).toBe('Work is open');
    gallery.photos.add({ file: picture('a'), path: 'a' }, 0);
    await gallery.photos.keep();
    expect(await library.photos()).toHaveLength(1);
    await gallery.forgetLibrary();
    expect(await library.photos()).toEqual([]);
    expect(await library.libraries()).toMatchObject([{ id: 'main' }]);
    expect([reloads, ...remembered.values()]).toEqual([1, 'main']);
    expect(notices.said).not.toBe('forgotten');
  });

  it('stays where a library cannot be forgotten, and says so', async () => {
    library.forget = () => Promise.reject(failure('StorageBusy'));
    await gallery.forgetLibrary();
    expect(notices.problems).toHaveLength(1);
    expect(reloads).toBe(0);
  });
});
