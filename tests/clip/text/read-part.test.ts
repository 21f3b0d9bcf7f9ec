import { describe, expect, test } from 'vitest';
import { readPart } from '../../../src/clip/text/read-part';

/** Cut where more than six characters are no spaces. */
const isCut = (text: string) => Array.from(text.replace(/\s/gu, '')).length > 6;

describe('readPart', () => {
  test.each([
    ['', ''],
    ['a cat', 'a cat'],
    ['sixsix', 'sixsix'],
    ['  two red  cats', 'two red'],
    ['one two three four five', 'one two'],
    ['a b c d e f g h', 'a b c d e f'],
    ['sevenseven and more', 'sevens'],
    ['紅色的汽車和一隻狗', '紅色的汽車和'],
    ['😀😀😀😀😀😀😀', '😀😀😀😀😀😀'],
  ])('%j', (text, read) => {
    expect(readPart(text, isCut)).toBe(read);
  });

  test('asks little of a text of which little is read', () => {
    let asked = 0;
    const text = 'word '.repeat(100_000);
    const read = readPart(text, (part) => (asked += part.length) > 0 && part.trim().split(' ').length > 75);
    expect(read).toBe('word '.repeat(75).trim());
    expect(asked).toBeLessThan(text.length + 10_000);
  });
});
