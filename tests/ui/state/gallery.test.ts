import { beforeEach, describe, expect, it } from 'vitest';
import type { FolderRecord } from '../../../src/library/records';
import { Gallery } from '../../../src/ui/state/gallery.svelte';
import { Notices } from '../../../src/ui/state/notices.svelte';
import { failure, keyOf, library, picture, settled } from '../fakes';

const handle = { name: 'trip' } as FileSystemDirectoryHandle;
const trip: FolderRecord = { id: 1, name: 'trip', kind: 'directory', handle, exclude: [] };

let shelf: ReturnType<typeof library>;
let notices: Notices;
let queued: number[];
let forgotten: number[];
let looked: number[];
let gallery: Gallery;

function open(): Gallery {
  queued = [];
  forgotten = [];
  looked = [];
  return new Gallery({
    ...{ library: shelf, notices, schedule: (work) => work() },
    albumPicture: () => Promise.reject(failure('NetworkFailed')),
    indexing: () => ({
      enqueue: (ids) => void queued.push(...ids),
      forget: (ids) => void forgotten.push(...ids),
      recount: () => {},
    }),
    lookAgain: async (folder) => void looked.push(folder),
    onForgotten: () => notices.say('forgotten'),
  });
}

beforeEach(async () => {
  shelf = library();
  notices = new Notices();
  shelf.folders.set(1, trip);
  for (const [id, folder] of [
    [0, 0],
    [1, 1],
    [2, 1],
  ] as const) {
    const known = { key: keyOf(`${id}`), width: 4, height: 3 };
    shelf.photos.set(id, { id, folder, path: `trip/${id}.jpg`, bytes: id, modified: 1, ...known });
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

  it.each([
    ['StorageBusy', /Another tab/],
    ['StorageUnavailable', /keeps nothing/],
  ] as const)('says why nothing is kept: %s', async (unkept, words) => {
    const { restore } = shelf;
    shelf.restore = async () => ({ ...(await restore()), unkept });
    gallery = open();
    await gallery.restore();
    expect(notices.problems).toMatchObject([{ happened: expect.stringMatching(words) }]);
  });

  it('works when nothing can be fetched, and says so', async () => {
    shelf.restore = () => Promise.reject(failure('WorkerDied'));
    gallery = open();
    await gallery.restore();
    expect(gallery.restoring).toBe(false);
    expect(notices.problems).toHaveLength(1);
  });

  it('remembers what was taken out of a folder, and forgets other photos', async () => {
    gallery.remove([0, 1]);
    expect(ids()).toEqual([2]);
    gallery.keepRemoval();
    await gallery.photos.keep();
    await settled();
    expect(shelf.photos.get(1)).toMatchObject({ hidden: true });
    expect(shelf.photos.has(0)).toBe(false);
    expect(gallery.photos.hiddenIn(1)).toBe(1);
  });

  it('forgets a folder none of whose photos is left', async () => {
    gallery.remove([1, 2]);
    gallery.keepRemoval();
    await settled();
    expect(gallery.folders.list).toEqual([]);
    expect([...shelf.photos.keys()]).toEqual([0]);
    expect(shelf.folders.size).toBe(0);
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
    Object.assign(handle, { requestPermission: async () => 'granted' });
    await gallery.allow(1);
    expect([queued, looked]).toEqual([[1, 2], [1]]);
  });

  it('forgets everything', async () => {
    await gallery.forgetAll();
    expect(ids()).toEqual([]);
    expect(gallery.folders.list).toEqual([]);
    expect(shelf.photos.size).toBe(0);
    expect(notices.said).toBe('forgotten');
    const added = gallery.photos.add({ file: picture('a'), path: 'a' }, 0);
    expect(added.kind).toBe('new');
  });
});
