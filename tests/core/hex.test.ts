import { expect, it } from 'vitest';
import { hexOf, sha256Hex } from '../../src/core/hex';

it('writes bytes as two lower-case digits each', () => {
  expect(hexOf(Uint8Array.of(0, 9, 10, 255))).toBe('00090aff');
  expect(hexOf(new Uint8Array())).toBe('');
});

it('writes SHA-256 as FIPS 180 gives it of "abc"', async () => {
  const digest = await sha256Hex(new TextEncoder().encode('abc'));
  expect(digest).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
