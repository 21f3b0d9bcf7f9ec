import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckpointFiles } from '../../../workers/models-api';
import { CheckpointImport } from '../../../src/ui/models/kept/checkpoint-import.svelte';
import { PhotoImport, type PhotoImportParts } from '../../../src/ui/photos/photo-import.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { Folders } from '../../../src/ui/photos/folders.svelte';
import type { Photos } from '../../../src/ui/photos/photos.svelte';
import type { GivenFile } from '../../../src/ui/kit/given-files';
import { MemoryDisk } from '../../helpers/memory-disk';
import { folder } from '../fake-folder';
import {
  failure,
  images as allImages,
  keyOf,
  modelsWorker,
  photoStates,
  picture,
  settled,
  testLibrary,
  type TestLibrary,
} from '../fakes';

let photos: Photos;
let notices: Notices;
let folders: Folders;
let library: TestLibrary;
let gone: number[] = [];
let changed: number[] = [];
let queued: number[][] = [];
let seen: number[] = [];
let merged: number[] = [];
let checkpoints: CheckpointFiles[] = [];
/** What must be there before anything is added. */
let ready: () => Promise<void>;
let frames = 0;
let images: typeof allImages;
let pick: () => Promise<FileSystemDirectoryHandle | undefined>;
let photoImport: PhotoImport;

beforeEach(() => {
  notices = new Notices();
  library = testLibrary();
  // What is not shown once it was read is never.
  const states = photoStates(library, () => undefined);
  photos = states.photos;
  folders = new Folders({ library, notices, onMerge: (id) => merged.push(id) });
  gone = [];
  changed = [];
  queued = [];
  seen = [];
  merged = [];
  checkpoints = [];
  frames = 0;
  ready = async () => {};
  images = { ...allImages };
  const checkpointImport = new CheckpointImport({
    models: modelsWorker([], {
      addCheckpoint: (files) => {
        checkpoints.push(files);
        return new Promise(() => undefined);
      },
    }),
    notices,
    pickFolder: async () => undefined,
    restartModels: () => undefined,
    onAsk: () => undefined,
    onEnd: () => undefined,
  });
  const parts: PhotoImportParts = {
    photos,
    folders,
    originals: states.originals,
    notices,
    ready: () => ready(),
    today: () => 77,
    onGone: (ids) => {
      gone.push(...ids);
      photos.forget(ids);
    },
    onChanged: (ids) => changed.push(...ids),
    onFresh: (ids) => ids.length > 0 && queued.push([...ids]),
    onSeen: (ids) => seen.push(...ids),
    images,
    keepRemoval: () => photos.hide(photos.settle()),
    otherFiles: () => checkpointImport.amongPhotos(),
    schedule: (work) => {
      frames++;
      work();
    },
    pickFolder: () => pick(),
  };
  photoImport = new PhotoImport(parts);
});

function given(path: string, type = ''): GivenFile {
  return { ok: true, file: new File(['x'], path.split('/').at(-1)!, { type, lastModified: 1 }), path };
}

const names = () => photos.list.map(({ path }) => path);

describe('PhotoImport', () => {
  it('opens weights that come without a config, named after themselves or their folder', async () => {
    await photoImport.add([given('vit-b.safetensors')], 'chosen');
    await settled();
    await photoImport.add([given('ViT-B/model.safetensors'), given('ViT-B/tokenizer.json')], 'folder');
    await settled();
    expect(checkpoints).toMatchObject([{ name: 'vit-b' }, { name: 'ViT-B' }]);
    expect(checkpoints[1]).toHaveProperty('tokenizer');
    expect(photos.skipped).toEqual([]);
  });

  it('leaves weights alone that lie among photos', async () => {
    await photoImport.add([given('trip/a.jpg'), given('trip/model.safetensors')], 'folder');
    expect(checkpoints).toEqual([]);
    expect(notices.said).toBe('1 photo added · 1 other file left out');
  });

  it('adds pictures, counts what else a folder holds, and puts the pictures in line', async () => {
    await photoImport.add([given('trip/a.jpg'), given('trip/notes.txt'), given('trip/b.png')], 'folder');
    expect(names()).toEqual(['trip/a.jpg', 'trip/b.png']);
    expect(queued).toEqual([[0, 1]]);
    expect(notices.said).toBe('2 photos added · 1 other file left out');
    expect(photos.skipped).toEqual([]);
    expect(photoImport.reading).toBe(false);
  });

  it('takes a picture in by its bytes, whatever it is called', async () => {
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
    const unnamed = ['IMG_0001', 'photo.jpg_large', 'real.dat'].map((name) => ({
      ok: true as const,
      file: new File([jpeg], name, { lastModified: 1 }),
      path: `trip/${name}`,
    }));
    await photoImport.add([...unnamed, given('trip/other')], 'folder');
    expect(names()).toEqual(['trip/IMG_0001', 'trip/photo.jpg_large', 'trip/real.dat']);
    expect(notices.said).toBe('3 photos added · 1 other file left out');
  });

  it('lists a chosen file that is no picture', async () => {
    await photoImport.addFiles([new File(['x'], 'notes.txt', { type: 'text/plain' })], 'chosen');
    expect(photos.skipped).toEqual([
      { name: 'notes.txt', path: 'notes.txt', reason: 'This file is not a picture.' },
    ]);
  });

  it('only counts it where it lay in a dropped folder', async () => {
    await photoImport.add([given('folder/notes.txt')], 'chosen');
    expect(photos.skipped).toEqual([]);
    expect(notices.said).toBe('1 other file left out');
  });

  it('says how many it knows already', async () => {
    await photoImport.add([given('a.jpg')], 'chosen');
    await photoImport.add([given('a.jpg'), given('b.jpg')], 'chosen');
    expect(notices.said).toBe('1 photo added · 1 already here');
    // The known one too: it may never have been indexed.
    expect(queued).toEqual([[0], [1], [0]]);
  });

  it('lists a file that could not be opened', async () => {
    await photoImport.add([{ ok: false, path: 'trip/a.jpg', message: 'permission was denied' }], 'folder');
    expect(photos.skipped).toMatchObject([{ name: 'a.jpg', reason: 'Permission was denied.' }]);
  });

  it('gives the page a frame now and then', async () => {
    await photoImport.add(
      Array.from({ length: 120 }, (_, i) => given(`${i}.jpg`)),
      'chosen',
    );
    expect(queued.flat()).toEqual([...Array(120).keys()]);
    expect(frames).toBeGreaterThan(1);
    expect(Math.max(...queued.map((ids) => ids.length))).toBeLessThanOrEqual(50);
  });

  it('opens a dropped checkpoint folder as a model', async () => {
    const files = ['open_clip_config.json', 'open_clip_model.safetensors', 'tokenizer.json', 'README.md'];
    await photoImport.add(
      files.map((name) => given(`vit/${name}`)),
      'chosen',
    );
    expect(checkpoints).toMatchObject([{ name: 'vit' }]);
    expect((checkpoints[0]!.weights as File).name).toBe('open_clip_model.safetensors');
    expect(photos.list).toEqual([]);
    expect(photos.skipped).toEqual([]);
  });

  it('takes a tokenizer without a config for any other file', async () => {
    await photoImport.add([given('a/tokenizer.json')], 'folder');
    expect(checkpoints).toEqual([]);
    expect(notices.said).toBe('1 other file left out');
  });

  it('adds a picked folder', async () => {
    pick = async () => folder('trip', 'a.jpg', 'b.txt');
    await photoImport.addFolder();
    expect(names()).toEqual(['trip/a.jpg']);
  });

  it('does nothing when no folder was picked', async () => {
    pick = async () => undefined;
    await photoImport.addFolder();
    expect(notices.problems).toEqual([]);
    expect(notices.said).toBe('');
  });

  it('reports a picker that fails', async () => {
    pick = () => Promise.reject(failure('StorageUnavailable', 'not allowed'));
    await photoImport.addFolder();
    expect(notices.problems).toMatchObject([{ happened: 'Not allowed.' }]);
  });

  it('adds the sample album, once', async () => {
    const list = new TextEncoder().encode('[{"file":"a.webp","bytes":1},{"file":"b.webp","bytes":2}]');
    const pack = Uint8Array.of(list.length, 0, 0, 0, ...list, 1, 2, 3);
    vi.stubGlobal('fetch', async () => new Response(pack));
    try {
      await photoImport.addAlbum('https://example.org/album/');
      await photoImport.addAlbum('https://example.org/album/');
    } finally {
      vi.unstubAllGlobals();
    }
    expect(names()).toEqual(['Sample album/a.webp', 'Sample album/b.webp']);
    expect(photoImport.hasAlbum).toBe(true);
    expect(notices.said).toBe('2 already here');
  });

  it('no longer says that it reads what it could not', async () => {
    ready = () => Promise.reject(failure('WorkerDied'));
    await photoImport.addFiles([picture('a.jpg')], 'chosen');
    expect(notices.problems).toHaveLength(1);
    expect(notices.said).toBe('');
  });

  it('reports an album that does not arrive', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    try {
      await photoImport.addAlbum('https://example.org/album/');
    } finally {
      vi.unstubAllGlobals();
    }
    expect(notices.problems).toMatchObject([
      { topic: 'import', todo: 'Check the connection, then try again.' },
    ]);
    expect(photoImport.hasAlbum).toBe(false);
    expect(photoImport.reading).toBe(false);
  });
});

describe('a folder that is looked through again', () => {
  const trip = folder('trip', 'a.jpg', 'b.jpg', 'c.jpg');

  beforeEach(async () => {
    trip.files.clear();
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) trip.files.set(name, name);
    pick = async () => trip;
    await photoImport.addFolder();
    queued = [];
  });

  it('is remembered with its handle', async () => {
    expect(folders.list).toMatchObject([
      { id: 1, name: 'trip', kind: 'directory', handle: trip, looked: 77 },
    ]);
    expect(await library.folders()).toEqual(folders.list);
  });

  it('gives what is new and what changed, and forgets what is gone', async () => {
    trip.files.delete('a.jpg');
    trip.files.set('b.jpg', 'edited');
    trip.files.set('d.jpg', 'd.jpg');
    await photoImport.lookAgain(1);
    expect(queued).toEqual([[1, 3]]);
    expect(changed).toEqual([1]);
    expect(gone).toEqual([0]);
    expect(names()).toEqual(['trip/b.jpg', 'trip/c.jpg', 'trip/d.jpg']);
    expect(notices.said).toBe('1 photo added · 1 changed · 1 already here · 1 gone');
  });

  it('is the same folder when it is picked once more', async () => {
    await photoImport.addFolder();
    expect(queued).toEqual([[0, 1, 2]]);
    expect(folders.list).toHaveLength(1);
    expect(notices.said).toBe('3 already here');
  });

  it('says nothing of a look by itself unless something has changed', async () => {
    notices.say('24 of 160 results');
    await photoImport.lookAgain(1, true);
    expect(notices.said).toBe('24 of 160 results');
    trip.files.set('a.jpg', '!');
    await photoImport.lookAgain(1, true);
    expect(notices.said).toBe('2 already here · 1 could not be read');
  });

  it('takes a file that cannot be opened now for no deleted one', async () => {
    trip.files.set('a.jpg', '!');
    await photoImport.lookAgain(1);
    expect(gone).toEqual([]);
    expect(photos.skipped).toMatchObject([{ path: 'trip/a.jpg', reason: 'It is locked.' }]);
  });

  it('takes a file without an ending, whose first bytes cannot be read now, for no deleted one', async () => {
    let file = new File([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)], 'IMG_0001', { lastModified: 1 });
    const loose = Object.assign(folder('loose'), {
      values: () => [{ kind: 'file', name: 'IMG_0001', getFile: async () => file }],
    });
    pick = async () => loose;
    await photoImport.addFolder();
    const locked = { arrayBuffer: () => Promise.reject(new DOMException('locked', 'NotReadableError')) };
    file = Object.assign(new File([], 'IMG_0001'), { slice: () => locked as unknown as Blob });
    await photoImport.lookAgain(2);
    expect(gone).toEqual([]);
    expect(names()).toContain('loose/IMG_0001');
    expect(photos.skipped).toMatchObject([{ path: 'loose/IMG_0001', isPassing: true }]);
  });

  it('keeps them where the folder is empty all at once, as the place of a drive that was taken off', async () => {
    trip.files.clear();
    await photoImport.lookAgain(1);
    expect(gone).toEqual([]);
    expect(photos.skipped).toMatchObject([{ path: 'trip', reason: /empty, or its drive/ }]);
    trip.files.set('notes.txt', '');
    await photoImport.lookAgain(1);
    expect(gone).toEqual([0, 1, 2]);
  });

  it('passes on what is known as seen, not as given', async () => {
    await photoImport.lookAgain(1);
    expect([queued, seen]).toEqual([[], [0, 1, 2]]);
  });

  it('takes a file off the list once it can be read', async () => {
    trip.files.set('d.jpg', '!');
    await photoImport.lookAgain(1);
    await photoImport.lookAgain(1);
    expect(photos.skipped).toHaveLength(1);
    trip.files.set('d.jpg', 'd.jpg');
    await photoImport.lookAgain(1);
    expect(photos.skipped).toEqual([]);
    expect(names()).toContain('trip/d.jpg');
  });

  it('does not take for gone what was found meanwhile by another look', async () => {
    const excluded = vi.spyOn(folders, 'isExcluded').mockImplementationOnce(() => {
      photos.add({ file: new File(['x'], 'late.jpg'), path: 'trip/late.jpg' }, 1);
      return false;
    });
    await photoImport.lookAgain(1);
    expect(excluded).toHaveBeenCalledTimes(3);
    expect(gone).toEqual([]);
    expect(names()).toContain('trip/late.jpg');
  });

  it('leaves out what its patterns name, and takes it in again', async () => {
    await photoImport.exclude(1, ['b*']);
    expect(names()).toEqual(['trip/a.jpg', 'trip/c.jpg']);
    expect(await library.folders()).toMatchObject([{ id: 1, exclude: ['b*'] }]);
    await photoImport.exclude(1, []);
    expect(names()).toEqual(['trip/a.jpg', 'trip/c.jpg', 'trip/b.jpg']);
  });

  it('does not bring back what the person took out, until they ask', async () => {
    photos.remove([1]);
    photos.hide(photos.settle());
    await photoImport.lookAgain(1);
    expect(queued).toEqual([]);
    expect(gone).toEqual([]);
    photoImport.unhide(1);
    expect(queued).toEqual([[1]]);
    expect(names()).toEqual(['trip/a.jpg', 'trip/b.jpg', 'trip/c.jpg']);
  });

  it('keeps two folders of one name apart', async () => {
    pick = async () => folder('trip', 'a.jpg');
    await photoImport.addFolder();
    expect(folders.list.map(({ id }) => id)).toEqual([1, 2]);
    expect(photos.list.map(({ folder: home }) => home)).toEqual([1, 1, 1, 2]);
    expect(gone).toEqual([]);
  });
});

describe('a folder whose files have other dates', () => {
  const disk = new MemoryDisk();

  beforeEach(async () => {
    disk.files.clear();
    disk.allowed.add('trip');
    for (const name of ['a', 'b', 'c']) disk.put(`trip/${name}.jpg`, name);
    pick = async () => disk.directory('trip');
    await photoImport.addFolder();
    for (const [id, name] of ['a', 'b', 'c'].entries()) {
      photos.developed(id, { key: keyOf(name), width: 4, height: 3 });
    }
    for (const name of ['a', 'b', 'c']) disk.put(`trip/${name}.jpg`, name, 3_600_001);
    [queued, seen] = [[], []];
  });

  it('keeps what was made of them, since their contents are the same', async () => {
    await photoImport.lookAgain(1);
    expect([queued, seen, changed]).toEqual([[], [0, 1, 2], []]);
    expect(photos.current(0)).toMatchObject({ key: keyOf('a'), modified: 3_600_001 });
    expect(notices.said).toBe('3 already here');
    await photos.keep();
    expect(await library.photos()).toMatchObject([{ modified: 3_600_001 }, {}, {}]);
  });

  it('takes in another picture of the same length', async () => {
    disk.put('trip/b.jpg', 'x', 9);
    await photoImport.lookAgain(1);
    expect([queued, seen, changed]).toEqual([[[1]], [0, 2], [1]]);
    expect(photos.current(1)).toMatchObject({ modified: 9, size: undefined });
    expect(notices.said).toBe('1 changed · 2 already here');
  });

  it('compares again at the next look what could not be read', async () => {
    disk.put('trip/b.jpg', 'x', 9);
    const { keyOf: read } = images;
    const looking = photoImport.lookAgain(1);
    images.keyOf = () => Promise.reject(failure('FileUnreadable'));
    await looking;
    images.keyOf = read;
    expect(changed).toEqual([]);
    expect(photos.current(1)).toMatchObject({ key: keyOf('b'), modified: 1 });
    await photoImport.lookAgain(1);
    expect(changed).toEqual([1]);
  });

  it('leaves a removed photo out, unless another picture has its name', async () => {
    photos.remove([0, 1]);
    photos.hide(photos.settle());
    disk.put('trip/b.jpg', 'x', 9);
    await photoImport.lookAgain(1);
    expect(names()).toEqual(['trip/c.jpg', 'trip/b.jpg']);
    expect([queued, seen]).toEqual([[[1]], [2]]);
    expect(photos.hiddenIn(1)).toBe(1);
  });
});

it('may read a folder again that is given once more, however the browser asked before', async () => {
  const disk = new MemoryDisk();
  disk.put('trip/a.jpg', 'a');
  await folders.restore([
    { id: 1, name: 'trip', kind: 'directory', handle: disk.directory('trip'), exclude: [] },
  ]);
  expect(folders.access(1)).toBe('ask');
  disk.allowed.add('trip');
  const given = disk.directory('trip');
  pick = async () => given;
  await photoImport.addFolder();
  expect(folders.access(1)).toBe('allowed');
  expect(folders.list).toMatchObject([{ id: 1, handle: given }]);
  expect((await library.folders())[0]?.handle).toBe(given);
});
