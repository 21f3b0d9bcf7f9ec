import { describe, expect, it } from 'vitest';
import type { FolderRecord } from '../../../src/library/records';
import type { Photo } from '../../../src/ui/photos/photo';
import { Originals } from '../../../src/ui/photos/originals';
import { failure, picture } from '../fakes';

function photo(folder: number, path: string, handle?: FileSystemFileHandle): Photo {
  const name = path.split('/').at(-1)!;
  return { id: 7, folder, path, name, bytes: 1, modified: 1, size: undefined, ...(handle && { handle }) };
}

function fileHandle(name: string, content: string) {
  return { name, getFile: async () => picture(name, content) } as unknown as FileSystemFileHandle;
}

/** A directory of directories and texts. */
function directory(entries: Record<string, unknown>): FileSystemDirectoryHandle {
  const entry = (name: string) => {
    if (!(name in entries)) throw new DOMException(`${name} is not there`, 'NotFoundError');
    return entries[name];
  };
  return {
    getDirectoryHandle: async (name: string) => directory(entry(name) as Record<string, unknown>),
    getFileHandle: async (name: string) => fileHandle(name, entry(name) as string),
  } as unknown as FileSystemDirectoryHandle;
}

const folders = new Map<number, FolderRecord>([
  [1, { id: 1, name: 'Sample album', kind: 'album', exclude: [] }],
  [2, { id: 2, name: 'trip', kind: 'listed', exclude: [] }],
  [
    3,
    {
      id: 3,
      name: 'trip',
      kind: 'directory',
      exclude: [],
      handle: directory({ 'Day 1': { 'a.jpg': 'found' } }),
    },
  ],
]);

const originals = () =>
  new Originals({
    folder: (id) => folders.get(id),
    albumPicture: async (name) =>
      name === 'a.webp' ? picture(name, 'fetched') : Promise.reject(failure('NetworkFailed')),
  });

const textOf = async (file: Promise<File>) => (await file).text();

describe('Originals', () => {
  it('opens what was given in this visit first', async () => {
    const files = originals();
    files.give(7, picture('a.jpg', 'given'));
    expect(await textOf(files.open(photo(3, 'trip/Day 1/a.jpg')))).toBe('given');
    files.forget([7]);
    expect(await textOf(files.open(photo(3, 'trip/Day 1/a.jpg')))).toBe('found');
  });

  it('opens a file by its own handle, and fetches one of the album', async () => {
    expect(await textOf(originals().open(photo(0, 'a.jpg', fileHandle('a.jpg', 'handled'))))).toBe('handled');
    expect(await textOf(originals().open(photo(1, 'Sample album/a.webp')))).toBe('fetched');
    await expect(originals().open(photo(1, 'Sample album/b.webp'))).rejects.toMatchObject({
      name: 'NetworkFailed',
    });
  });

  it.each([
    ['NotAllowedError', 'The browser asks you first before a.jpg may be read.'],
    ['NotReadableError', 'a.jpg is there but cannot be read. Another program may be using it.'],
    ['UnknownError', 'a.jpg could not be opened: in words of its own'],
  ])('says what the browser means by %s', async (name, message) => {
    const getFile = () => Promise.reject(new DOMException('in words of its own', name));
    const handle = { name: 'a.jpg', getFile } as unknown as FileSystemFileHandle;
    await expect(originals().open(photo(0, 'a.jpg', handle))).rejects.toMatchObject({
      name: 'FileUnreadable',
      message,
    });
  });

  it.each([
    [3, 'trip/Day 2/a.jpg', /^trip\/Day 2\/a\.jpg is not there any more\./],
    [2, 'trip/a.jpg', /^This browser cannot open trip\/a\.jpg .* Add the folder trip once more/],
    [0, 'a.jpg', /^This browser cannot open a\.jpg .* Add it once more/],
  ])('says what is out of reach (folder %i, %s)', async (folder, path, message) => {
    await expect(originals().open(photo(folder, path))).rejects.toMatchObject({
      name: 'FileUnreadable',
      message: expect.stringMatching(message),
    });
  });
});
