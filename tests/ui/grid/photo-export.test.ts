import { unzipSync } from 'fflate';
import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { PhotoExport } from '../../../src/ui/grid/photo-export.svelte';
import { accept } from '../../../src/library/photo-labels';
import { deferred, failure, keyOf, photoStates, picture, settled, testLibrary } from '../fakes';

/** A folder of texts to write into. */
function target(...names: string[]) {
  const files = new Map(names.map((name) => [name, 'before']));
  return { files, handle: folderOf(files, '') };
}

/** The part of `files` whose names begin with `above`. */
function folderOf(files: Map<string, string>, above: string): FileSystemDirectoryHandle {
  const getFileHandle = async (given: string, options?: { create?: boolean }) => {
    const name = above + given;
    if (!files.has(name) && !options?.create) throw new DOMException('It is not there', 'NotFoundError');
    if (!files.has(name)) files.set(name, '');
    return {
      createWritable: async () => {
        let text = '';
        return new WritableStream<Uint8Array>({
          write: (chunk) => {
            text += new TextDecoder().decode(chunk);
            if (text.includes('too large')) throw new DOMException('The disk is full', 'QuotaExceededError');
          },
          close: () => void files.set(name, text),
        });
      },
    };
  };
  const removeEntry = async (name: string) => void files.delete(above + name);
  const getDirectoryHandle = async (name: string) => {
    if (files.has(above + name)) throw new DOMException('It is a file', 'TypeMismatchError');
    return folderOf(files, `${above}${name}/`);
  };
  const handle = { name: 'Picked', getFileHandle, getDirectoryHandle, removeEntry };
  return handle as unknown as FileSystemDirectoryHandle;
}

let states: ReturnType<typeof photoStates>;
let notices: Notices;
let handed: { name: string; file: Blob }[];
let picked: FileSystemDirectoryHandle | undefined | null;
let photoExport: PhotoExport;

beforeEach(() => {
  states = photoStates(testLibrary());
  notices = new Notices();
  handed = [];
  photoExport = new PhotoExport({
    photos: states.photos,
    originals: states.originals,
    keptLabels: { of: ({ key }) => (key === undefined ? undefined : accept(undefined, 'beach')) },
    notices,
    cosine: (id) => (id === 1 ? 0.25 : undefined),
    pickTarget: async () => picked,
    handOver: (files) => handed.push(...files),
  });
});

function give(...names: string[]): number[] {
  return names.map((name) => states.give(picture(name)));
}

describe('Taking photos elsewhere', () => {
  it('saves a list of them with what is known', async () => {
    photoExport.list(give('a.jpg', 'b.jpg'), 'csv');
    expect(handed[0]?.name).toBe('photos.csv');
    expect(await handed[0]?.file.text()).toMatch(
      /^\uFEFF?name,path,cosine.*\r\na\.jpg,a\.jpg,,.*\r\nb\.jpg,b\.jpg,0\.25,/,
    );
    expect(notices.said).toBe('A list of 2 photos saved');
  });

  it('packs the labels of those that have some as sidecars', async () => {
    const ids = give('a.jpg', 'b.jpg');
    await photoExport.sidecars(ids);
    expect([handed, notices.said]).toEqual([[], 'None of these photos has a label yet']);
    states.photos.developed(ids[1]!, { key: keyOf('b'), width: 4, height: 3 });
    await photoExport.sidecars(ids);
    const files = unzipSync(new Uint8Array(await handed[0]!.file.arrayBuffer()));
    expect([handed[0]?.name, Object.keys(files), notices.said]).toEqual([
      'sidecars.zip',
      ['b.jpg.xmp'],
      '1 sidecar packed',
    ]);
    expect(new TextDecoder().decode(files['b.jpg.xmp'])).toContain('<rdf:li>beach</rdf:li>');
    expect(photoExport.work).toBeUndefined();
  });

  it('copies those with labels into a folder for each, or packs them so where no folder can be picked', async () => {
    const ids = give('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg');
    await photoExport.copyByLabel(ids);
    expect(notices.said).toBe('None of these photos has a label yet');
    for (const [at, said] of [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ] as const) {
      states.photos.developed(ids[at]!, { key: keyOf(said), width: 4, height: 3 });
    }
    const labels = new Map([
      [keyOf('a'), ['cat']],
      [keyOf('b'), ['cat', 'AC/DC']],
      [keyOf('c'), ['sea']],
    ]);
    const bySeveral = new PhotoExport({
      photos: states.photos,
      originals: states.originals,
      keptLabels: {
        of: ({ key }) => {
          const accepted = key === undefined ? undefined : labels.get(key);
          return accepted && { accepted, rejected: [], suggested: [] };
        },
      },
      notices,
      cosine: () => undefined,
      pickTarget: async () => picked,
      handOver: (files) => handed.push(...files),
    });
    const { files, handle } = target('sea', 'cat/a.jpg');
    picked = handle;
    await bySeveral.copyByLabel(ids);
    expect([...files.keys()].sort()).toEqual([
      'AC_DC/b.jpg',
      'cat/a (2).jpg',
      'cat/a.jpg',
      'cat/b.jpg',
      'sea',
      'sea (2)/c.jpg',
    ]);
    expect(files.get('cat/a.jpg')).toBe('before');
    expect(notices.said).toBe('3 photos copied into 3 folders of Picked · 1 without a label left out');
    picked = null;
    await bySeveral.copyByLabel(ids);
    const packed = unzipSync(new Uint8Array(await handed[0]!.file.arrayBuffer()));
    expect(Object.keys(packed).sort()).toEqual(['AC_DC/b.jpg', 'cat/a.jpg', 'cat/b.jpg', 'sea/c.jpg']);
    expect(notices.said).toBe('3 photos packed in 3 folders · 1 without a label left out');
  });

  it('packs them, and says how many were out of reach', async () => {
    const ids = give('a.jpg', 'b.jpg');
    states.originals.forget([ids[1]!]);
    await photoExport.zip(ids);
    const bytes = new Uint8Array(await handed[0]!.file.arrayBuffer());
    expect(Object.keys(unzipSync(bytes))).toEqual(['a.jpg']);
    expect(notices.said).toBe('1 photo packed · 1 file could not be opened');
    expect(photoExport.work).toBeUndefined();
  });

  it('hands over nothing when all are out of reach, and says why and what helps', async () => {
    const ids = give('a.jpg', 'b.jpg');
    states.originals.forget(ids);
    const { files, handle } = target();
    picked = handle;
    for (const take of [photoExport.zip(ids), photoExport.copy(ids)]) {
      await take;
      expect(notices.problems).toMatchObject([
        {
          happened: expect.stringMatching(/^None of the 2 photos could be opened\. .*a\.jpg/),
          todo: expect.stringContaining('Your photos'),
        },
      ]);
      expect(notices.said).toBe('');
    }
    expect([handed, [...files]]).toEqual([[], []]);
  });

  it('leaves out one that cannot be read to its end', async () => {
    const ids = give('a.jpg', 'b.jpg');
    const { files, handle } = target();
    picked = handle;
    const lost = picture('a.jpg');
    lost.arrayBuffer = () => Promise.reject(new DOMException('The drive is gone', 'NotReadableError'));
    states.originals.give(ids[0]!, lost);
    await photoExport.copy(ids);
    expect([...files]).toEqual([['b.jpg', 'b.jpg']]);
    expect(notices.said).toBe('1 photo copied into Picked · 1 file could not be opened');
  });

  it('copies a name that the disk would refuse under one it takes', async () => {
    const { files, handle } = target();
    picked = handle;
    await photoExport.copy([states.give(picture('a:b?.jpg')), states.give(picture('nul.jpg'))]);
    expect([...files.keys()]).toEqual(['a_b_.jpg', '_nul.jpg']);
  });

  it('copies them into a folder beside what is there', async () => {
    const { files, handle } = target('a.jpg', 'a (2).jpg');
    picked = handle;
    await photoExport.copy(give('a.jpg', 'b.jpg'));
    expect([...files]).toEqual([
      ['a.jpg', 'before'],
      ['a (2).jpg', 'before'],
      ['a (3).jpg', 'a.jpg'],
      ['b.jpg', 'b.jpg'],
    ]);
    expect(notices.said).toBe('2 photos copied into Picked');
  });

  it('does nothing when no folder was picked, and says where none can be', async () => {
    const ids = give('a.jpg');
    picked = undefined;
    await photoExport.copy(ids);
    expect(notices.said).toBe('');
    picked = null;
    await photoExport.copy(ids);
    expect(notices.said).toBe('This browser cannot write into a folder: download a zip instead');
  });

  it('reports a folder that takes no more', async () => {
    const { handle } = target();
    handle.getFileHandle = () => Promise.reject(new Failure('StorageFull', 'the disk is full'));
    picked = handle;
    await photoExport.copy(give('a.jpg'));
    expect(notices.problems).toMatchObject([{ happened: 'The disk is full.' }]);
    expect(photoExport.work).toBeUndefined();
  });

  it('leaves no empty file where one could not be written', async () => {
    const { files, handle } = target();
    picked = handle;
    await photoExport.copy([...give('a.jpg'), states.give(picture('b.jpg', 'too large')), ...give('c.jpg')]);
    expect([...files]).toEqual([['a.jpg', 'a.jpg']]);
    expect(notices.problems).toHaveLength(1);
  });

  it('can be cancelled, and hands over nothing then', async () => {
    const opened = deferred<File>();
    states.originals.open = () => opened.promise;
    const packing = photoExport.zip(give('a.jpg', 'b.jpg'));
    await settled();
    expect(photoExport.work).toEqual({ what: 'Packing photos', done: 0, total: 2 });
    photoExport.cancel();
    opened.reject(failure('FileUnreadable'));
    await packing;
    expect(handed).toEqual([]);
    expect(photoExport.work).toBeUndefined();
    expect(notices.said).toBe('Cancelled');
  });
});
