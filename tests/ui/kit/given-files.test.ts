import { afterEach, describe, expect, test, vi } from 'vitest';
import { MemoryDisk } from '../../helpers/memory-disk';
import {
  filesOfDirectory,
  filesOfDrop,
  filesOfInput,
  type DroppedEntry,
  type DroppedItem,
  type GivenFile,
} from '../../../src/ui/kit/given-files';

const HIDDEN = ['.DS_Store', '._a.jpg', 'Thumbs.db', 'THUMBS.DB', 'desktop.ini'];

async function all(files: Iterable<GivenFile> | AsyncIterable<GivenFile>): Promise<GivenFile[]> {
  const list = [];
  for await (const file of files) list.push(file);
  return list;
}

const paths = (files: GivenFile[]) => files.map(({ path }) => path);

function fileEntry(name: string): DroppedEntry {
  return { isDirectory: false, name, file: (done) => done(new File([name], name)) };
}

function brokenEntry(name: string): DroppedEntry {
  return { isDirectory: false, name, file: (_, failed) => failed(new Error('gone')) };
}

/** A directory whose reader hands out two entries at a time. */
function directoryEntry(name: string, children: DroppedEntry[]): DroppedEntry {
  return {
    isDirectory: true,
    name,
    createReader() {
      const rest = [...children];
      return { readEntries: (done) => done(rest.splice(0, 2)) };
    },
  };
}

function item(entry: DroppedEntry): DroppedItem {
  return {
    kind: 'file',
    getAsFile: () => (entry.isDirectory ? null : new File([entry.name], entry.name)),
    webkitGetAsEntry: () => entry,
  };
}

afterEach(() => vi.unstubAllGlobals());

describe('a drop', () => {
  test.each([
    [true, 2],
    [false, 0],
  ])('asks for handles only where the page is secure: %s', async (isSecure, handles) => {
    vi.stubGlobal('isSecureContext', isSecure);
    let asked = 0;
    const getAsFileSystemHandle = async () => void asked++;
    const items = [fileEntry('0.jpg'), fileEntry('1.jpg')].map((entry) => ({
      ...item(entry),
      getAsFileSystemHandle,
    }));
    expect(paths(await all(filesOfDrop({ items })))).toEqual(['0.jpg', '1.jpg']);
    expect(asked).toBe(handles);
  });

  test('gives single files and, with their paths, all files of folders', async () => {
    const folder = directoryEntry('Trip', [
      fileEntry('1.jpg'),
      fileEntry('2.jpg'),
      directoryEntry('Day 2', [fileEntry('3.jpg')]),
      fileEntry('4.jpg'),
      directoryEntry('Empty', []),
    ]);
    const files = await all(filesOfDrop({ items: [item(fileEntry('0.jpg')), item(folder)] }));
    expect(paths(files)).toEqual(['0.jpg', 'Trip/1.jpg', 'Trip/2.jpg', 'Trip/Day 2/3.jpg', 'Trip/4.jpg']);
    expect(files.map((given) => given.ok && given.file.name)).toEqual([
      '0.jpg',
      '1.jpg',
      '2.jpg',
      '3.jpg',
      '4.jpg',
    ]);
  });

  test('is collected before the event ends, when the browser empties it', async () => {
    const items = [item(fileEntry('0.jpg')), item(directoryEntry('Trip', [fileEntry('1.jpg')]))];
    const files = filesOfDrop({ items });
    items.length = 0;
    expect(paths(await all(files))).toEqual(['0.jpg', 'Trip/1.jpg']);
  });

  test('leaves out hidden files, junk and dropped text', async () => {
    const junk = HIDDEN.map(fileEntry);
    const folder = directoryEntry('Trip', [
      ...junk,
      directoryEntry('.git', [fileEntry('x')]),
      fileEntry('1.jpg'),
    ]);
    const text: DroppedItem = { kind: 'string', getAsFile: () => null, webkitGetAsEntry: () => null };
    const files = await all(filesOfDrop({ items: [text, ...junk.map(item), item(folder)] }));
    expect(paths(files)).toEqual(['Trip/1.jpg']);
  });

  test('takes a dropped folder whatever its name', async () => {
    const files = await all(filesOfDrop({ items: [item(directoryEntry('.photos', [fileEntry('1.jpg')]))] }));
    expect(paths(files)).toEqual(['.photos/1.jpg']);
  });

  test('reports a file or a folder that cannot be read and goes on', async () => {
    const broken: DroppedEntry = {
      isDirectory: true,
      name: 'Broken',
      createReader: () => ({ readEntries: (_, failed) => failed(new Error('not allowed')) }),
    };
    const folder = directoryEntry('Trip', [brokenEntry('1.jpg'), broken, fileEntry('2.jpg')]);
    expect(await all(filesOfDrop({ items: [item(folder)] }))).toEqual([
      { ok: false, path: 'Trip/1.jpg', message: 'gone' },
      { ok: false, path: 'Trip/Broken', message: 'not allowed' },
      { ok: true, path: 'Trip/2.jpg', file: expect.any(File), listing: expect.any(Object) },
    ]);
  });

  test('gives the names too that handles leave out, where the entry sees them', async () => {
    const disk = new MemoryDisk();
    disk.allowed.add('Trip');
    for (const path of ['1.jpg', '2:.jpg', 'Day 2/3.jpg', 'Day 2/4:.jpg', 'Day: 5/6.jpg', 'Day: 5/.7.jpg']) {
      disk.put(`Trip/${path}`, path);
    }
    const dropped: DroppedItem = {
      kind: 'file',
      type: '',
      getAsFile: () => null,
      getAsFileSystemHandle: async () => disk.directory('Trip'),
      webkitGetAsEntry: () => disk.entry('Trip'),
    };
    const files = (await all(filesOfDrop({ items: [dropped] }))).sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(paths(files)).toEqual([
      'Trip/1.jpg',
      'Trip/2:.jpg',
      'Trip/Day 2/3.jpg',
      'Trip/Day 2/4:.jpg',
      'Trip/Day: 5/6.jpg',
    ]);
    const given = files.filter((file) => file.ok);
    expect(given.map(({ isUnlisted }) => isUnlisted)).toEqual([undefined, true, undefined, true, true]);
    expect(new Set(given.map(({ root }) => root)).size).toBe(1);
    expect(new Set(given.map(({ listing }) => listing)).size).toBe(1);
    expect(paths(await all(filesOfDirectory(disk.directory('Trip'))))).toEqual([
      'Trip/1.jpg',
      'Trip/Day 2/3.jpg',
    ]);
  });

  test('marks the files of each folder, since two may have one name', async () => {
    const cards = [1, 2].map(() => item(directoryEntry('DCIM', [fileEntry('1.jpg'), fileEntry('2.jpg')])));
    const files = await all(filesOfDrop({ items: cards }));
    const marks = files.map((file) => (file.ok ? file.listing : undefined));
    expect(marks.map((mark) => marks.indexOf(mark))).toEqual([0, 0, 2, 2]);
  });

  test('works where a browser has files but no entries', async () => {
    const plain: DroppedItem = { kind: 'file', getAsFile: () => new File([], '0.jpg') };
    const files = await all(filesOfDrop({ items: [plain] }));
    expect(paths(files)).toEqual(['0.jpg']);
  });
});

describe('an input', () => {
  /** A file as an input with `webkitdirectory` gives it. */
  function picked(path: string): File {
    const file = new File([], path.split('/').at(-1) ?? '');
    Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
    return file;
  }

  test('gives files with their paths, hidden ones and junk left out', () => {
    const files = [
      'a.jpg',
      'Trip/1.jpg',
      'Trip/Day 2/3.jpg',
      '.photos/4.jpg',
      '.hidden.jpg',
      'Trip/.thumbnails/5.jpg',
      'Trip/@eaDir/6.jpg',
      'Trip/__MACOSX/7.jpg',
      ...HIDDEN.map((name) => `Trip/${name}`),
    ].map(picked);
    const given = filesOfInput(files);
    expect(paths(given)).toEqual(['a.jpg', 'Trip/1.jpg', 'Trip/Day 2/3.jpg', '.photos/4.jpg']);
    const listing = expect.any(Object) as object;
    expect(given[1]).toEqual({ ok: true, file: files[1], path: 'Trip/1.jpg', listing });
    expect(given[0]).toEqual({ ok: true, file: files[0], path: 'a.jpg' });
  });
});
