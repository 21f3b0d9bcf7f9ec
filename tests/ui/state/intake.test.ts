import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckpointFiles } from '../../../workers/models-api';
import { Intake, type IntakeParts } from '../../../src/ui/state/intake.svelte';
import { Notices } from '../../../src/ui/state/notices.svelte';
import { Photos } from '../../../src/ui/state/photos.svelte';
import type { GivenFile } from '../../../src/storage/folder-handle';
import { failure } from '../fakes';

let photos: Photos;
let notices: Notices;
let queued: number[][] = [];
let checkpoints: CheckpointFiles[] = [];
let frames = 0;
let pick: () => Promise<FileSystemDirectoryHandle | undefined>;
let intake: Intake;

beforeEach(() => {
  photos = new Photos((work) => work());
  notices = new Notices();
  queued = [];
  checkpoints = [];
  frames = 0;
  const parts: IntakeParts = {
    photos,
    notices,
    indexing: { enqueue: (ids) => ids.length > 0 && queued.push([...ids]) },
    opening: { open: async (files) => void checkpoints.push(files) },
    schedule: (work) => {
      frames++;
      work();
    },
    pickFolder: () => pick(),
  };
  intake = new Intake(parts);
});

function given(path: string, type = ''): GivenFile {
  return { ok: true, file: new File(['x'], path.split('/').at(-1)!, { type, lastModified: 1 }), path };
}

/** A directory handle with these files. */
function folder(name: string, ...files: string[]): FileSystemDirectoryHandle {
  const entries = files.map((file) => ({
    kind: 'file',
    name: file,
    getFile: async () => new File(['x'], file, { lastModified: 1 }),
  }));
  return { kind: 'directory', name, values: () => entries.values() } as unknown as FileSystemDirectoryHandle;
}

const names = () => photos.list.map(({ path }) => path);

describe('Intake', () => {
  it('opens weights that come without a config, named after themselves or their folder', async () => {
    await intake.add([given('vit-b.safetensors')], 'chosen');
    await intake.add([given('ViT-B/model.safetensors'), given('ViT-B/tokenizer.json')], 'folder');
    expect(checkpoints).toMatchObject([{ name: 'vit-b' }, { name: 'ViT-B' }]);
    expect(checkpoints[1]).toHaveProperty('tokenizer');
    expect(photos.skipped).toEqual([]);
  });

  it('leaves weights alone that lie among photos', async () => {
    await intake.add([given('trip/a.jpg'), given('trip/model.safetensors')], 'folder');
    expect(checkpoints).toEqual([]);
    expect(notices.said).toBe('1 photo added · 1 other file left out');
  });

  it('adds pictures, counts what else a folder holds, and puts the pictures in line', async () => {
    await intake.add([given('trip/a.jpg'), given('trip/notes.txt'), given('trip/b.png')], 'folder');
    expect(names()).toEqual(['trip/a.jpg', 'trip/b.png']);
    expect(queued).toEqual([[0, 1]]);
    expect(notices.said).toBe('2 photos added · 1 other file left out');
    expect(photos.skipped).toEqual([]);
    expect(intake.reading).toBe(false);
  });

  it('lists a chosen file that is no picture', async () => {
    await intake.addFiles([new File(['x'], 'notes.txt', { type: 'text/plain' })], 'chosen');
    expect(photos.skipped).toEqual([
      { name: 'notes.txt', path: 'notes.txt', reason: 'This file is not a picture.' },
    ]);
  });

  it('only counts it where it lay in a dropped folder', async () => {
    await intake.add([given('folder/notes.txt')], 'chosen');
    expect(photos.skipped).toEqual([]);
    expect(notices.said).toBe('1 other file left out');
  });

  it('says how many it knows already', async () => {
    await intake.add([given('a.jpg')], 'chosen');
    await intake.add([given('a.jpg'), given('b.jpg')], 'chosen');
    expect(notices.said).toBe('1 photo added · 1 already here');
    expect(queued).toEqual([[0], [1]]);
  });

  it('lists a file that could not be opened', async () => {
    await intake.add([{ ok: false, path: 'trip/a.jpg', message: 'permission was denied' }], 'folder');
    expect(photos.skipped).toMatchObject([{ name: 'a.jpg', reason: 'Permission was denied.' }]);
  });

  it('gives the page a frame now and then', async () => {
    await intake.add(
      Array.from({ length: 120 }, (_, i) => given(`${i}.jpg`)),
      'chosen',
    );
    expect(queued.flat()).toEqual([...Array(120).keys()]);
    expect(frames).toBeGreaterThan(1);
    expect(Math.max(...queued.map((ids) => ids.length))).toBeLessThanOrEqual(50);
  });

  it('opens a dropped checkpoint folder as a model', async () => {
    const files = ['open_clip_config.json', 'open_clip_model.safetensors', 'tokenizer.json', 'README.md'];
    await intake.add(
      files.map((name) => given(`vit/${name}`)),
      'chosen',
    );
    expect(checkpoints).toMatchObject([{ name: 'vit' }]);
    expect((checkpoints[0]?.weights as File).name).toBe('open_clip_model.safetensors');
    expect(photos.list).toEqual([]);
    expect(photos.skipped).toEqual([]);
  });

  it('takes a tokenizer without a config for any other file', async () => {
    await intake.add([given('a/tokenizer.json')], 'folder');
    expect(checkpoints).toEqual([]);
    expect(notices.said).toBe('1 other file left out');
  });

  it('adds a picked folder', async () => {
    pick = async () => folder('trip', 'a.jpg', 'b.txt');
    await intake.addFolder();
    expect(names()).toEqual(['trip/a.jpg']);
  });

  it('does nothing when no folder was picked', async () => {
    pick = async () => undefined;
    await intake.addFolder();
    expect(notices.problems).toEqual([]);
    expect(notices.said).toBe('');
  });

  it('reports a picker that fails', async () => {
    pick = () => Promise.reject(failure('StorageUnavailable', 'not allowed'));
    await intake.addFolder();
    expect(notices.problems).toMatchObject([{ happened: 'Not allowed.' }]);
  });

  it('hands an incomplete checkpoint folder on, for the model worker to say what is missing', async () => {
    pick = async () => folder('vit', 'tokenizer.json', 'picture.jpg');
    await intake.addCheckpointFolder();
    expect(checkpoints).toEqual([{ name: 'vit' }]);
    expect(photos.list).toEqual([]);
  });

  it('opens a picked checkpoint folder', async () => {
    pick = async () => folder('vit', 'open_clip_config.json', 'tokenizer.json');
    await intake.addCheckpointFolder();
    expect(checkpoints).toMatchObject([{ name: 'vit', config: { name: 'open_clip_config.json' } }]);
  });

  it('adds the sample album, once', async () => {
    const captions = JSON.stringify([{ file: 'a.webp' }, { file: 'b.webp' }]);
    vi.stubGlobal('fetch', async () => new Response(captions));
    try {
      await intake.addAlbum('https://example.org/album/');
      await intake.addAlbum('https://example.org/album/');
    } finally {
      vi.unstubAllGlobals();
    }
    expect(names()).toEqual(['Sample album/a.webp', 'Sample album/b.webp']);
    expect(intake.hasAlbum).toBe(true);
    expect(notices.said).toBe('2 already here');
  });

  it('reports an album that does not arrive', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    try {
      await intake.addAlbum('https://example.org/album/');
    } finally {
      vi.unstubAllGlobals();
    }
    expect(notices.problems).toMatchObject([
      { topic: 'intake', todo: 'Check the connection, then try again.' },
    ]);
    expect(intake.hasAlbum).toBe(false);
    expect(intake.reading).toBe(false);
  });
});
