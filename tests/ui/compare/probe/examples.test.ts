import { describe, expect, it } from 'vitest';
import type { Photo } from '../../../../src/ui/photos/photo';
import {
  atMost,
  classesOf,
  examplesOf,
  folderClass,
  type Example,
} from '../../../../src/ui/compare/probe/examples';

const photo = (id: number, path: string, folder = 1): Photo => ({
  id,
  folder,
  path,
  name: path.split('/').at(-1)!,
  bytes: 1,
  modified: 0,
  key: `key ${id}`,
  size: undefined,
});

describe('folderClass', () => {
  it.each([
    ['Pets/cats/a.jpg', 'cats'],
    ['Pets/a.jpg', 'Pets'],
    ['Pets/cats/hot_dog/a_b.jpg', 'hot dog'],
    ['a.jpg', undefined],
  ])('of %s is %s', (path, label) => {
    expect(folderClass(path)).toBe(label);
  });
});

describe('examplesOf', () => {
  const photos = [
    photo(1, 'Pets/cats/a.jpg'),
    photo(2, 'Pets/dogs/b.jpg'),
    photo(3, 'c.jpg', 0),
    photo(4, 'Sample album/d.webp', 2),
  ];

  it('goes by folders that say something', () => {
    expect(examplesOf(photos, new Map(), new Set([0, 2]))).toEqual([
      { id: 1, label: 'cats', by: 'folder' },
      { id: 2, label: 'dogs', by: 'folder' },
    ]);
  });

  it('goes by the user first', () => {
    const taught = new Map([
      ['key 1', 'dogs'],
      ['key 3', 'cats'],
      ['key 9', 'gone'],
    ]);
    expect(examplesOf(photos, taught, new Set([0, 2]))).toEqual([
      { id: 1, label: 'dogs', by: 'user' },
      { id: 2, label: 'dogs', by: 'folder' },
      { id: 3, label: 'cats', by: 'user' },
    ]);
  });
});

const examples = (labels: string): Example[] =>
  Array.from(labels, (label, id) => ({ id, label, by: 'folder' }));

describe('classesOf', () => {
  it('counts, most first, then by name', () => {
    expect(classesOf(examples('bacacb'))).toEqual([
      { label: 'a', count: 2 },
      { label: 'b', count: 2 },
      { label: 'c', count: 2 },
    ]);
    expect(classesOf(examples('abb')).map(({ label }) => label)).toEqual(['b', 'a']);
  });
});

describe('atMost', () => {
  const labels = (list: readonly Example[]) => list.map(({ label }) => label).join('');

  it('keeps all where there is room', () => {
    expect(labels(atMost(examples('aab'), 3))).toBe('aab');
  });

  it('takes of every class in turn', () => {
    expect(labels(atMost(examples('aaaaab'), 2))).toBe('ab');
    expect(labels(atMost(examples('aaaaabbc'), 5))).toBe('aabbc');
    expect(labels(atMost(examples('abc'), 2))).toBe('ab');
  });
});
