import { beforeEach, describe, expect, it } from 'vitest';
import { accept, reject, suggest, withdraw } from '../../../src/library/photo-labels';
import { KeptLabels } from '../../../src/ui/photos/kept-labels.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import type { Photo } from '../../../src/ui/photos/photo';
import { failure, keyOf, settled, testLibrary, type TestLibrary } from '../fakes';

const photo = (id: number, content?: string): Photo => ({
  id,
  folder: 0,
  path: `${id}.jpg`,
  name: `${id}.jpg`,
  bytes: 1,
  modified: 2,
  size: undefined,
  ...(content !== undefined && { key: keyOf(content) }),
});

/** The first two have the same content, the last was not read yet. */
const list = [photo(0, 'a'), photo(1, 'a'), photo(2, 'b'), photo(3)];
const photos = { list, current: (id: number) => list[id] };

let library: TestLibrary;
let notices: Notices;
let labels: KeptLabels;

beforeEach(() => {
  library = testLibrary();
  notices = new Notices();
  labels = new KeptLabels({ library, photos, notices });
});

const isDog = (before: Parameters<typeof accept>[0]) => accept(before, 'dog');

describe('the labels that the user gives', () => {
  it('hold for every copy, are counted and outlast the visit', async () => {
    await labels.change([0, 3], isDog, '1 photo is a dog');
    await labels.change([2], (before) => suggest(reject(before, 'cat'), 'beach'), 'no cat');
    expect(list.map((one) => labels.namesOf(one))).toEqual([['dog'], ['dog'], ['beach'], []]);
    expect([...labels.counts]).toEqual([
      ['dog', 2],
      ['beach', 1],
    ]);
    const later = new KeptLabels({ library, photos, notices });
    await settled();
    expect(later.of(list[2]!)).toEqual({ accepted: [], rejected: ['cat'], suggested: ['beach'] });
    expect(later.undoable).toBeUndefined();
  });

  it('stand beside the keywords of the file, which can be refused and are no step of their own', async () => {
    const tagged = { ...photo(2, 'b'), keywords: ['Beach', 'dog'] };
    const beside = new KeptLabels({ library, photos: { list: [tagged], current: () => tagged }, notices });
    expect(beside.namesOf(tagged)).toEqual(['Beach', 'dog']);
    expect([...beside.counts.keys()].sort()).toEqual(['Beach', 'dog']);
    await beside.give(2, 'beach');
    expect(beside.namesOf(tagged)).toEqual(['beach', 'dog']);
    await beside.refuse(2, 'dog');
    expect([beside.namesOf(tagged), notices.said]).toEqual([['beach'], '2.jpg is no “dog”']);
    await beside.undo();
    expect(beside.namesOf(tagged)).toEqual(['beach', 'dog']);
  });

  it('are taken back by an undo that overtakes their storing, and not those before them', async () => {
    await labels.change([0], isDog, 'a dog');
    const changed = labels.change([2], isDog, 'another dog');
    await Promise.resolve();
    expect(labels.undoable).toBe('another dog');
    await Promise.all([labels.undo(), changed]);
    expect(notices.said).toBe('Undone: another dog');
    expect(list.map((one) => labels.namesOf(one))).toEqual([['dog'], ['dog'], [], []]);
    const later = new KeptLabels({ library, photos, notices });
    await settled();
    expect(list.map((one) => later.namesOf(one))).toEqual([['dog'], ['dog'], [], []]);
  });

  it('are taken back step by step, and what changes nothing is no step', async () => {
    await labels.change([0], isDog, 'a dog');
    await labels.change([1], isDog, 'a dog again');
    await labels.change([0, 2], (before) => accept(before, 'sea'), 'two at sea');
    expect(labels.undoable).toBe('two at sea');
    await labels.undo();
    expect(notices.said).toBe('Undone: two at sea');
    expect(list.map((one) => labels.namesOf(one))).toEqual([['dog'], ['dog'], [], []]);
    expect(labels.undoable).toBe('a dog');
    await labels.undo();
    await labels.undo();
    expect([labels.undoable, labels.of(list[0]!), (await library.labels()).size]).toEqual([
      undefined,
      undefined,
      0,
    ]);
  });

  it('stay as they were if they cannot be stored, which is said', async () => {
    await labels.change([0], isDog, 'a dog');
    library.putLabels = () => Promise.reject(failure('StorageFull'));
    await labels.change([0], (before) => withdraw(before, 'dog'), 'no dog');
    expect(labels.namesOf(list[0]!)).toEqual(['dog']);
    expect(notices.problems.map(({ name }) => name)).toEqual(['StorageFull']);
    await labels.undo();
    expect([labels.namesOf(list[0]!), labels.undoable]).toEqual([['dog'], 'a dog']);
  });

  it('wait for those of earlier visits', async () => {
    await labels.change([0], isDog, 'a dog');
    const later = new KeptLabels({ library, photos, notices });
    await later.change([0], (before) => accept(before, 'sea'), 'at sea');
    expect(later.namesOf(list[0]!)).toEqual(['dog', 'sea']);
  });
});
