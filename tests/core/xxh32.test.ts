import { xxhash32 } from 'hash-wasm';
import { expect, test } from 'vitest';
import { xxh32 } from '../../src/core/xxh32';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('XXH32 of “%s” is the known one', (text, hash) => {
  expect(xxh32(bytesOf(text))).toBe(hash);
});

test('equals another implementation’s, at every length, seed and memory offset', async () => {
  const memory = Uint8Array.from({ length: 1100 }, (_, i) => (i * 151 + (i >> 3)) & 255);
  for (const seed of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    for (const length of [...Array(70).keys(), 252, 1044]) {
      for (const start of [0, 3]) {
        const bytes = memory.subarray(start, start + length);
        const expected = Number.parseInt(await xxhash32(bytes, seed), 16);
        expect(xxh32(bytes, seed), `${length} bytes from ${start}, seed ${seed}`).toBe(expected);
      }
    }
  }
});

test('takes a seed modulo 2^32', () => {
  expect(xxh32(bytesOf('a'), 2 ** 32 + 7)).toBe(xxh32(bytesOf('a'), 7));
});
