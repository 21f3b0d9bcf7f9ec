import { expect, it } from 'vitest';
import { RemovedPhotos } from '../../../src/ui/photos/removed-photos';

/** A memory that keeps `room` characters. */
function memoryOf(room: number) {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > room) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  };
}

const paths = ['trip/a.jpg', 'trip/b.jpg'];
const pathOf = (id: number) => paths[id];
const photos = paths.map((path, id) => ({ id, path }));

it('remembers the photos of each library', () => {
  const removed = new RemovedPhotos(memoryOf(1000));
  removed.set('main', photos);
  removed.set('work', [photos[1]!]);
  expect(removed.of('main', pathOf)).toEqual([0, 1]);
  expect(removed.of('work', pathOf)).toEqual([1]);
  expect(removed.of('main', (id) => (id === 0 ? 'trip/other.jpg' : undefined))).toEqual([]);
  removed.set('main', []);
  expect(removed.of('main', pathOf)).toEqual([]);
});

it('remembers none where there is no room for all, rather than those of before', () => {
  const removed = new RemovedPhotos(memoryOf(20));
  removed.set('main', [photos[0]!]);
  expect(removed.of('main', pathOf)).toEqual([0]);
  removed.set('main', photos);
  expect(removed.of('main', pathOf)).toEqual([]);
});

it.each(['', 'null', '{}', '[-1,7]', '[0]', '[0,1.5]', '[{"id":0,"path":"trip/a.jpg"}]', '[{'])(
  'takes %j for nothing',
  (text) => {
    const memory = memoryOf(1000);
    memory.setItem('clipscope removed main', text);
    expect(new RemovedPhotos(memory).of('main', pathOf)).toEqual([]);
  },
);

it('has room for a hundred thousand photos, wherever they lie', () => {
  const removed = new RemovedPhotos(memoryOf(5_000_000));
  const longPath = (id: number) => `${'a folder with a long name/'.repeat(4)}${id}.jpg`;
  const all = Array.from({ length: 100_000 }, (_, id) => ({ id, path: longPath(id) }));
  removed.set('main', all);
  expect(removed.of('main', longPath)).toHaveLength(100_000);
});

it('does without a memory', () => {
  const removed = new RemovedPhotos(undefined);
  removed.set('main', photos);
  expect(removed.of('main', pathOf)).toEqual([]);
});
