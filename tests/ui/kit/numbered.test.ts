import { expect, test } from 'vitest';
import { numbered } from '../../../src/ui/kit/numbered';

const bytes = (text: string) => new TextEncoder().encode(text).length;

test('a number goes before the ending, and a name too long for a disk is cut in whole characters', () => {
  expect([numbered('a.jpg', 1), numbered('a.jpg', 2), numbered('a', 3), numbered('.a', 2)]).toEqual([
    'a.jpg',
    'a (2).jpg',
    'a (3)',
    '.a (2)',
  ]);
  const long = numbered(`${'写'.repeat(100)}.jpg`, 12);
  expect(long).toBe(`${'写'.repeat(82)} (12).jpg`);
  expect(bytes(numbered(`a.${'b'.repeat(300)}`, 2))).toBe(255);
});
