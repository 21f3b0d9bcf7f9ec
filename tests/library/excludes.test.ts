import { expect, test } from 'vitest';
import { excluder } from '../../src/library/excludes';

test.each([
  ['2024/cats/a.jpg', 'cats', true],
  ['2024/cats/a.jpg', 'Cats/', true],
  ['2024/catsup/a.jpg', 'cats', false],
  ['a.png', '*.png', true],
  ['deep/er/a.PNG', '*.png', true],
  ['a.png.jpg', '*.png', false],
  ['2024/raw/a.jpg', '2024/raw', true],
  ['old/2024/raw/a.jpg', '2024/raw', false],
  ['old/2024/raw/a.jpg', '**/raw', true],
  ['2024/b/raw/a.jpg', '2024/*/raw', true],
  ['2024/b/c/raw/a.jpg', '2024/*/raw', false],
  ['img1.jpg', 'img?.jpg', true],
  ['img12.jpg', 'img?.jpg', false],
  ['a+b.jpg', 'a+b.jpg', true],
  ['aab.jpg', 'a+b.jpg', false],
  ['a.jpg', '', false],
  ['a.jpg', '  ', false],
])('%s by %s: %s', (path, pattern, excluded) => {
  expect(excluder([pattern])(path)).toBe(excluded);
});

test('any of several patterns leaves a path out, and the same ones judge path after path', () => {
  const excludes = excluder(['raw', '', '2024/b', '*.png']);
  const paths = ['a/raw/x.jpg', '2024/b/x.jpg', 'x.png', 'x.jpg', 'old/2024/b/x.jpg', 'a/raw/y.jpg'];
  expect(paths.map(excludes)).toEqual([true, true, true, false, false, true]);
  expect(excluder([])('x.jpg')).toBe(false);
});
