import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Photos } from '../../../src/ui/state/photos.svelte';
import { picture } from '../fakes';

let frames: (() => void)[] = [];
const frame = () => frames.splice(0).forEach((work) => work());

let photos: Photos;

beforeEach(() => {
  vi.restoreAllMocks();
  frames = [];
  photos = new Photos((work) => frames.push(work));
});

function add(...names: string[]): number[] {
  return names.map((name) => photos.add({ file: picture(name), path: name })!);
}

const names = () => photos.list.map(({ name }) => name);

describe('Photos', () => {
  it('shows everything that came since the last frame at once', () => {
    add('a', 'b', 'c');
    expect(photos.list).toEqual([]);
    expect(frames).toHaveLength(1);
    frame();
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(photos.ids()).toEqual([0, 1, 2]);
  });

  it('knows the same file again, and another of the same name', () => {
    add('a');
    expect(photos.add({ file: picture('a'), path: 'a' })).toBeUndefined();
    expect(photos.add({ file: picture('a', 'longer'), path: 'a' })).toBe(1);
    expect(photos.add({ file: picture('a'), path: 'other/a' })).toBe(2);
  });

  it('takes a small file as its own thumbnail, and keeps it', () => {
    const [id] = add('a');
    frame();
    const before = photos.get(id!)?.thumbnail;
    expect(before).toMatch(/^blob:/);
    photos.developed(id!, { width: 4, height: 3 }, new Blob(['small']));
    frame();
    expect(photos.get(id!)).toMatchObject({ thumbnail: before, size: { width: 4, height: 3 } });
  });

  it('waits for the small copy of a large file', () => {
    const id = photos.add({ file: picture('a', 'x'.repeat(200_000)), path: 'a' })!;
    expect(photos.current(id)?.thumbnail).toBeUndefined();
    photos.developed(id, { width: 4, height: 3 }, new Blob(['small']));
    expect(photos.current(id)?.thumbnail).toMatch(/^blob:/);
  });

  it('lists what it skips, takes it out and gives its thumbnail back', () => {
    const revoked = vi.spyOn(URL, 'revokeObjectURL');
    const [id] = add('a', 'b');
    const thumbnail = photos.current(id!)?.thumbnail;
    photos.skip(id!, 'The file is damaged.');
    photos.skipFile('folder/c', 'No picture.');
    frame();
    expect(names()).toEqual(['b']);
    expect(photos.skipped).toEqual([
      { name: 'a', path: 'a', reason: 'The file is damaged.' },
      { name: 'c', path: 'folder/c', reason: 'No picture.' },
    ]);
    expect(revoked).toHaveBeenCalledWith(thumbnail);
    photos.clearSkipped();
    frame();
    expect(photos.skipped).toEqual([]);
  });

  it('can be given a skipped file again', () => {
    const [id] = add('a');
    photos.skip(id!, 'No.');
    expect(add('a')).toEqual([1]);
  });

  it('brings removed photos back to their places', () => {
    const revoked = vi.spyOn(URL, 'revokeObjectURL');
    add('a', 'b', 'c');
    photos.remove([1]);
    frame();
    expect(names()).toEqual(['a', 'c']);
    expect(photos.removed.map(({ name }) => name)).toEqual(['b']);
    expect(revoked).not.toHaveBeenCalled();
    add('d');
    expect(photos.undo()).toEqual([1]);
    frame();
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    expect(photos.removed).toEqual([]);
  });

  it('gives removed photos up when others are removed', () => {
    const revoked = vi.spyOn(URL, 'revokeObjectURL');
    add('a', 'b');
    expect(photos.remove([0])).toEqual([]);
    expect(photos.remove([1])).toEqual([0]);
    expect(revoked).toHaveBeenCalledTimes(1);
    expect(photos.settle()).toEqual([1]);
    expect(photos.undo()).toEqual([]);
    // Forgotten for good: the same file is a new photo.
    expect(add('a')).toEqual([2]);
  });
});
