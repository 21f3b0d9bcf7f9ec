import { beforeEach, describe, expect, it } from 'vitest';
import { Photos } from '../../../src/ui/photos/photos.svelte';
import { failure, keyOf, testLibrary, type TestLibrary, picture } from '../fakes';

let frames: (() => void)[] = [];
let unhurried: (() => void)[] = [];
/** Shows what there is to show. */
const frame = () => [...unhurried.splice(0), ...frames.splice(0)].forEach((work) => work());

let library: TestLibrary;
let photos: Photos;

beforeEach(() => {
  frames = [];
  unhurried = [];
  library = testLibrary();
  photos = new Photos({
    schedule: (work) => frames.push(work),
    unhurried: (work) => unhurried.push(work),
    library,
  });
});

function add(...names: string[]): number[] {
  return names.map((name) => photos.add({ file: picture(name), path: name }, 0).id);
}

/** A file in folder 1, changed or not. */
function found(path: string, content = path) {
  return photos.add({ file: picture(path.split('/').at(-1)!, content), path }, 1);
}

const names = () => photos.list.map(({ name }) => name);
const size = { width: 4, height: 3 };

describe('Photos', () => {
  it('shows everything that came since the last frame at once', () => {
    add('a', 'b', 'c');
    expect(photos.list).toEqual([]);
    expect(unhurried).toHaveLength(1);
    frame();
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(photos.ids()).toEqual([0, 1, 2]);
  });

  it('shows at once what the user does, and in its own time what arrives', () => {
    const [first = 0] = add('a', 'b');
    photos.developed(first, { key: keyOf('a'), ...size });
    photos.skip(1, 'is no picture');
    expect([frames.length, unhurried.length]).toEqual([0, 1]);
    photos.remove([first]);
    expect(frames).toHaveLength(1);
  });

  it('shows what arrived before its time if asked to', () => {
    add('a');
    photos.show();
    frames.forEach((work) => work());
    expect(names()).toEqual(['a']);
  });

  it('knows the same file again, and another of the same name', () => {
    add('a');
    expect(photos.add({ file: picture('a'), path: 'a' }, 0)).toEqual({ id: 0, kind: 'known' });
    expect(photos.add({ file: picture('a', 'longer'), path: 'a' }, 0)).toEqual({ id: 1, kind: 'new' });
    expect(photos.add({ file: picture('a'), path: 'other/a' }, 1)).toEqual({ id: 2, kind: 'new' });
    expect(photos.add({ file: picture('a'), path: 'other/a' }, 2)).toEqual({ id: 3, kind: 'new' });
  });

  it('takes a file of a folder that is another now for the same photo, to be read again', () => {
    expect(found('trip/a')).toEqual({ id: 0, kind: 'new' });
    photos.developed(0, { key: keyOf('a'), ...size });
    expect(found('trip/a', 'edit')).toEqual({ id: 0, kind: 'changed' });
    expect(photos.current(0)).toMatchObject({ bytes: 4, size: undefined });
    expect(photos.current(0)).not.toHaveProperty('key');
  });

  it('knows a file that had changed when it was read', () => {
    found('trip/a');
    const changed = picture('a', 'edit');
    photos.developed(0, { key: keyOf('edit'), ...size }, changed);
    expect(photos.hasSeen(changed.size)).toBe(true);
    expect(found('trip/a', 'edit')).toEqual({ id: 0, kind: 'known' });
    expect(photos.current(0)).toMatchObject({ key: keyOf('edit'), bytes: 4 });
    // Kept in the library too, or the next visit would read it once more.
    expect([...photos.all()]).toMatchObject([{ bytes: 4, key: keyOf('edit') }]);
  });

  it('knows a single file that had changed when it was read, and no longer the former', () => {
    add('a');
    photos.developed(0, { key: keyOf('longer'), ...size }, picture('a', 'longer'));
    expect(photos.add({ file: picture('a', 'longer'), path: 'a' }, 0)).toEqual({ id: 0, kind: 'known' });
    expect(photos.add({ file: picture('a'), path: 'a' }, 0)).toMatchObject({ kind: 'new' });
  });

  it('has seen the lengths of files that were read, also of those that are gone', () => {
    add('four');
    expect(photos.hasSeen(4)).toBe(false);
    photos.developed(0, { key: keyOf('four'), ...size });
    photos.forget([0]);
    expect(photos.hasSeen(4)).toBe(true);
  });

  it('lists what it skips, and takes it out', () => {
    const [id] = add('a', 'b');
    photos.skip(id!, 'The file is damaged.');
    photos.skipFile('folder/c', 'No picture.');
    frame();
    expect(names()).toEqual(['b']);
    expect(photos.skipped).toEqual([
      { name: 'a', path: 'a', reason: 'The file is damaged.' },
      { name: 'c', path: 'folder/c', reason: 'No picture.' },
    ]);
    photos.clearSkipped();
    frame();
    expect(photos.skipped).toEqual([]);
  });

  it('can be given a skipped file again, but does not read one in a folder until it changes', () => {
    const [id] = add('a');
    photos.skip(id!, 'No.');
    expect(photos.add({ file: picture('a'), path: 'a' }, 0)).toEqual({ id: 0, kind: 'changed' });
    const { id: other } = found('trip/b');
    photos.skip(other, 'No.');
    expect(found('trip/b').kind).toBe('bad');
    expect(found('trip/b', 'well')).toEqual({ id: other, kind: 'changed' });
  });

  it('brings removed photos back to their places', () => {
    add('a', 'b', 'c');
    photos.remove([1]);
    frame();
    expect(names()).toEqual(['a', 'c']);
    expect(photos.removed.map(({ name }) => name)).toEqual(['b']);
    add('d');
    expect(photos.undo()).toEqual([1]);
    frame();
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    expect(photos.removed).toEqual([]);
  });

  it('does not find a photo again while its removal can be undone', () => {
    found('trip/a');
    photos.remove([0]);
    expect(found('trip/a').kind).toBe('hidden');
  });

  it('gives removed photos up to be forgotten: the same file is a new photo', () => {
    add('a');
    photos.remove([0]);
    expect(photos.settle().map(({ id }) => id)).toEqual([0]);
    expect(photos.undo()).toEqual([]);
    photos.forget([0]);
    expect(add('a')).toEqual([1]);
  });

  it('remembers what was taken out of a folder until it is asked for again', () => {
    found('trip/a');
    found('trip/b');
    photos.remove([0]);
    photos.hide(photos.settle());
    frame();
    expect(found('trip/a').kind).toBe('hidden');
    expect(photos.hiddenIn(1)).toBe(1);
    expect(photos.unhide(1)).toEqual([0]);
    frame();
    expect(names()).toEqual(['a', 'b']);
    expect(photos.hiddenIn(1)).toBe(0);
  });
});

describe('what outlasts the page', () => {
  it('is handed to the library with the frame', async () => {
    add('a', 'b');
    expect(await library.photos()).toEqual([]);
    frame();
    await photos.keep();
    expect(await library.photos()).toMatchObject([
      { id: 0, folder: 0, path: 'a', bytes: 1, modified: 1 },
      { id: 1, path: 'b' },
    ]);
  });

  it('takes in another picture under the name of a removed one, and not the same one of another date', () => {
    found('trip/a');
    found('trip/b');
    photos.developed(0, { key: keyOf('a'), ...size });
    photos.remove([0]);
    photos.hide(photos.settle());
    const dated = new File(['trip/a'], 'a', { lastModified: 5 });
    expect(photos.add({ file: dated, path: 'trip/a' }, 1)).toEqual({ id: 0, kind: 'touched' });
    photos.compared(0, true);
    expect(photos.add({ file: dated, path: 'trip/a' }, 1).kind).toBe('hidden');
    expect(found('trip/a', 'another picture')).toEqual({ id: 0, kind: 'changed' });
    frame();
    expect(names()).toEqual(['b', 'a']);
    expect(photos.hiddenIn(1)).toBe(0);
  });

  it('is taken up again on the next visit, with what was skipped and hidden', async () => {
    found('trip/a');
    found('trip/b');
    found('trip/c');
    photos.skip(1, 'No.');
    photos.remove([2]);
    photos.hide(photos.settle());
    await photos.keep();
    const [first] = await library.photos();
    await library.putPhotos([{ ...first!, key: keyOf('a'), ...size }]);
    const before = photos;
    photos = new Photos({ schedule: (work) => work(), unhurried: (work) => work(), library });
    photos.restore(await library.photos());
    expect(photos.list).toEqual([{ ...before.current(0), key: keyOf('a'), size }]);
    expect(['a', 'b', 'c'].map((name) => found(`trip/${name}`).kind)).toEqual(['known', 'bad', 'hidden']);
    expect(photos.hasSeen('trip/a'.length)).toBe(true);
    expect(found('trip/d')).toEqual({ id: 3, kind: 'new' });
  });

  it('is handed over again when it could not be kept', async () => {
    let full = true;
    const { putPhotos } = library;
    library.putPhotos = (list) => (full ? Promise.reject(failure('StorageFull')) : putPhotos(list));
    add('a');
    await expect(photos.keep()).rejects.toMatchObject({ name: 'StorageFull' });
    full = false;
    await photos.keep();
    expect(await library.photos()).toMatchObject([{ id: 0 }]);
  });
});
