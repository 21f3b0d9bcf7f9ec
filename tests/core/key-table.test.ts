import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyTable } from '../../src/core/key-table';
import { keyOfWords, wordsOf } from '../../src/core/photo-key';

/** Few enough to meet often, and alike enough to lie in each other's way. */
const KEYS = Array.from({ length: 300 }, (_, n) => n.toString(16).padStart(32, n % 3 === 0 ? '0' : 'f'));

const words = (n: number) => wordsOf(KEYS[n]!)!;

test('says the same as a map, whatever is set and deleted in whatever order', () => {
  const step = fc.record({ n: fc.nat(KEYS.length - 1), value: fc.option(fc.nat(2 ** 31 - 1)) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), fc.nat(300), (steps, expected) => {
      const table = new KeyTable(expected);
      const map = new Map<string, number>();
      for (const { n, value } of steps) {
        if (value === null) expect(table.delete(words(n))).toBe(map.delete(KEYS[n]!));
        else {
          table.set(words(n), value);
          map.set(KEYS[n]!, value);
        }
      }
      expect(table.size).toBe(map.size);
      for (const [n, key] of KEYS.entries()) {
        expect(table.get(words(n))).toBe(map.get(key));
        expect(table.has(words(n))).toBe(map.has(key));
      }
    }),
    { numRuns: 60 },
  );
});

test('a key is its bytes in order, and nothing else is a key', () => {
  const key = '000102030405060708090a0b0c0d0eff';
  expect([...new Uint8Array(wordsOf(key)!.buffer)]).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255,
  ]);
  expect(keyOfWords(wordsOf(key)!)).toBe(key);
  for (const bad of ['', key.toUpperCase(), key.slice(1), `${key}0`, `g${key.slice(1)}`]) {
    expect(wordsOf(bad)).toBeUndefined();
  }
});
