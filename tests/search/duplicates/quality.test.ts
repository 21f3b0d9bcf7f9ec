import { expect, test } from 'vitest';
import { compareQuality, type Photo } from '../../../src/search/duplicates/quality';

const PHOTO: Photo = { id: 5, key: 'a', width: 400, height: 300, bytes: 1000, taken: 100, path: 'b/c.jpg' };

/** What is better about the first photo, and worse in all that counts less. */
const BETTER: [string, Partial<Photo>, Partial<Photo>][] = [
  ['more pixels', { width: 300, height: 401, bytes: 1 }, {}],
  ['more bytes', { bytes: 1001, taken: 200 }, {}],
  ['taken earlier', { taken: 99, path: 'much/longer.jpg' }, {}],
  ['taken, even before 1970, over unknown', { taken: -1, path: 'much/longer.jpg' }, { taken: undefined }],
  ['a shorter path', { path: 'z.jpg', id: 9 }, {}],
  ['a lower id', { id: 4, key: 'z' }, {}],
  [
    'a shorter path where neither is known to be older',
    { taken: undefined, path: 'z' },
    { taken: undefined },
  ],
].map(([name, ...changes]) => [name, ...changes] as [string, Partial<Photo>, Partial<Photo>]);

test.each(BETTER)('the one to keep has %s', (_, better, worse) => {
  const [a, b] = [
    { ...PHOTO, ...better },
    { ...PHOTO, ...worse },
  ];
  expect(compareQuality(a, b)).toBeLessThan(0);
  expect(compareQuality(b, a)).toBeGreaterThan(0);
});

test('a photo ranks equal to itself', () => {
  expect(compareQuality(PHOTO, { ...PHOTO })).toBe(0);
  const { taken: _, ...untimed } = PHOTO;
  expect(compareQuality(untimed, untimed)).toBe(0);
});
