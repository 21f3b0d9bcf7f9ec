import { expect, test } from 'vitest';
import { isExcluded } from '../../src/library/excludes';

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
  expect(isExcluded(path, [pattern])).toBe(excluded);
});
