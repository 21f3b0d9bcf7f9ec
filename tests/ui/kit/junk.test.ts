import { describe, expect, test } from 'vitest';
import { filesOfDirectory, filesOfInput } from '../../../src/ui/kit/given-files';
import { isJunk } from '../../../src/ui/kit/junk';

describe('left out are', () => {
  test.each([
    [
      'recycle bins',
      [
        '$RECYCLE.BIN',
        'RECYCLER',
        '#recycle',
        '@Recycle',
        'Network Recycle Bin 1',
        '.Trash-1000',
        '.Trashes',
      ],
    ],
    [
      'snapshots',
      [
        '#snapshot',
        '@Recently-Snapshot',
        '~snapshot',
        '.snapshots',
        '.zfs',
        '.stversions',
        'Backups.backupdb',
      ],
    ],
    [
      'what file systems keep',
      ['System Volume Information', 'lost+found', 'FOUND.000', 'found.017', '.Spotlight-V100'],
    ],
    [
      'small copies',
      [
        '@eaDir',
        '.@__thumb',
        '.thumbnails',
        'CaptureOne',
        'Previews.lrdata',
        'THMBNL',
        '.picasaoriginals',
        'MVI_1.THM',
      ],
    ],
    ['files of systems', ['._a.jpg', '__MACOSX', 'Thumbs.db', 'desktop.ini']],
  ])('%s', (_, names) => {
    expect(names.filter((name) => !isJunk(name))).toEqual([]);
  });

  test('not what a person may have called so', () => {
    const names = [
      'Trash',
      'recycling',
      'Snapshots 2020',
      'Thumbnails',
      'Cache',
      'originals',
      'resources',
      'Backup',
      'Lost',
      'thm',
    ];
    expect(names.filter((name) => isJunk(name))).toEqual([]);
  });

  test('all of a photo library but the photos themselves', () => {
    const of = (library: string, ...names: string[]) => names.filter((name) => !isJunk(name, library));
    expect(of('Photos Library.photoslibrary', 'originals', 'resources', 'private', 'database')).toEqual([
      'originals',
    ]);
    expect(of('Old.PHOTOLIBRARY', 'Masters', 'Thumbnails', 'Previews', 'Modified')).toEqual(['Masters']);
    expect(of('Aperture Library.aplibrary', 'Masters', 'Previews')).toEqual(['Masters']);
    expect(of('Holidays', 'Thumbnails', 'resources')).toEqual(['Thumbnails', 'resources']);
  });
});

const TREE = [
  '2020/kept.jpg',
  '2020/._kept.jpg',
  '#recycle/2020/deleted.jpg',
  '#snapshot/GMT-2020.01.01/2020/old.jpg',
  '$RECYCLE.BIN/S-1/$R1.jpg',
  '@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg',
  'Photos Library.photoslibrary/originals/1/orig.jpeg',
  'Photos Library.photoslibrary/resources/derivatives/1/small.jpeg',
];
const PHOTOS = ['2020/kept.jpg', 'Photos Library.photoslibrary/originals/1/orig.jpeg'];

/** A directory handle over paths. */
function directory(name: string, paths: readonly string[]): FileSystemDirectoryHandle {
  function* values() {
    for (const entry of new Set(paths.map((path) => path.replace(/\/.*/, '')))) {
      const inside = paths.filter((path) => path.startsWith(`${entry}/`));
      const deeper = inside.map((path) => path.slice(entry.length + 1));
      if (deeper.length > 0) yield directory(entry, deeper);
      else yield { kind: 'file', name: entry, getFile: async () => new File([], entry) };
    }
  }
  return { kind: 'directory', name, values } as unknown as FileSystemDirectoryHandle;
}

async function pathsOf(root: FileSystemDirectoryHandle): Promise<string[]> {
  const paths = [];
  for await (const { path } of filesOfDirectory(root)) paths.push(path);
  return paths;
}

test('a drive of a server gives its photos alone, by whatever way it comes', async () => {
  const expected = PHOTOS.map((path) => `nas/${path}`);
  expect(await pathsOf(directory('nas', TREE))).toEqual(expected);
  const listed = TREE.map((path) =>
    Object.defineProperty(new File([], ''), 'webkitRelativePath', { value: `nas/${path}` }),
  );
  expect(filesOfInput(listed).map(({ path }) => path)).toEqual(expected);
});

test('what is given by itself is taken: a recycle bin, or a photo library', async () => {
  expect(await pathsOf(directory('#recycle', ['2020/back.jpg']))).toEqual(['#recycle/2020/back.jpg']);
  const library = directory('L.photoslibrary', ['originals/1/o.jpeg', 'resources/1/small.jpeg']);
  expect(await pathsOf(library)).toEqual(['L.photoslibrary/originals/1/o.jpeg']);
});
