import { expect, it } from 'vitest';
import type { Photo } from '../../../src/ui/photos/photo';
import { camerasOf, dateOf, isOpen, orientationOf, passing } from '../../../src/ui/search/photo-filter';

const NOON = Date.UTC(2024, 4, 31, 12);

function photo(parts: Partial<Photo> = {}): Photo {
  return {
    id: 1,
    folder: 2,
    path: 'a/b.jpg',
    name: 'b.jpg',
    bytes: 9,
    modified: 0,
    size: { width: 400, height: 300 },
    taken: NOON,
    ...parts,
  };
}

it('dates a photo by its camera, else by its file on the clock of this device', () => {
  expect(dateOf(photo())).toBe(NOON);
  const local = new Date(2024, 0, 2, 23, 30).getTime();
  const { taken: _taken, ...untaken } = photo({ modified: local });
  expect(new Date(dateOf(untaken)).toISOString()).toBe('2024-01-02T23:30:00.000Z');
});

it.each([
  [400, 300, 'landscape'],
  [300, 400, 'portrait'],
  [300, 300, 'square'],
  [1000, 980, 'square'],
  [1000, 960, 'landscape'],
])('%i by %i is %s', (width, height, orientation) => {
  expect(orientationOf({ size: { width, height } })).toBe(orientation);
});

it.each([
  [{}, true],
  [{ folder: 2 }, true],
  [{ folder: 3 }, false],
  [{ from: '2024-05-31' }, true],
  [{ from: '2024-06-01' }, false],
  [{ to: '2024-05-31' }, true],
  [{ to: '2024-05-30' }, false],
  [{ from: '2024-05-01', to: '2024-06-01', orientation: 'landscape', folder: 2 } as const, true],
  [{ from: '2024-05-01', orientation: 'portrait' } as const, false],
])('%j lets the photo through: %s', (filter, through) => {
  expect(passing(filter)(photo())).toBe(through);
});

it('has no shape before the photo is read', () => {
  expect(passing({ orientation: 'landscape' })(photo({ size: undefined }))).toBe(false);
  expect(passing({ folder: 2 })(photo({ size: undefined }))).toBe(true);
});

it('tells an open filter', () => {
  expect(isOpen({})).toBe(true);
  expect(isOpen({ folder: 0 })).toBe(false);
});

it('counts cameras, those of most photos first, whatever their capitals', () => {
  const cameras = ['b', 'C', 'a', 'B', undefined, 'c', 'b'];
  const photos = cameras.map((camera) => (camera === undefined ? {} : { camera }));
  expect([...camerasOf(photos)]).toEqual([
    ['b', 3],
    ['C', 2],
    ['a', 1],
  ]);
});
