import { expect, test } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from '../../src/formats/float16';
import { golden, sha256 } from './fixtures';

const ALL = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
const isNaN16 = (bits: number) => (bits & 0x7fff) > 0x7c00;

/** The definition of a float16, in the double precision of Math. */
function meaning(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14);
}

/** The one float32 whose bits are `bits`. */
function float32(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

const narrow = (value: number) => float32ToFloat16(Float32Array.of(value))[0]!;

test('widens every float16 to its meaning', () => {
  const wide = float16ToFloat32(ALL);
  const wrong = [...ALL].filter((bits) => !Object.is(wide[bits], meaning(bits)));
  expect(wrong).toEqual([]);
});

test('widens and narrows to the bytes numpy gives', async () => {
  const { widened_sha256, narrowed_sha256 } = (await golden()).float16;
  expect(sha256(float16ToFloat32(ALL.filter((bits) => !isNaN16(bits))))).toBe(widened_sha256);
  const spread = Uint32Array.from(ALL, (i) => (i * 65521) % 2 ** 32);
  const values = new Float32Array(spread.buffer).filter((value) => !Number.isNaN(value));
  expect(sha256(float32ToFloat16(values))).toBe(narrowed_sha256);
});

test('comes back from float32 with every bit, NaN payloads included', () => {
  expect(float32ToFloat16(float16ToFloat32(ALL))).toEqual(ALL);
});

test('rounds to nearest, ties to even, around every pair of neighbours', () => {
  const wrong: string[] = [];
  const check = (value: number, expected: number) => {
    if (narrow(value) !== expected) wrong.push(`${value} gives ${narrow(value)}, not ${expected}`);
    if (narrow(-value) !== (expected | 0x8000)) wrong.push(`${-value} gives ${narrow(-value)}`);
  };
  for (let low = 0; low < 0x7c00; low += 1) {
    const high = low + 1;
    // 65,536 stands where the number after the largest would be.
    const middle = (meaning(low) + (high === 0x7c00 ? 65536 : meaning(high))) / 2;
    check(middle, low % 2 === 0 ? low : high);
    check(float32(bitsOf(middle) - 1), low);
    check(float32(bitsOf(middle) + 1), high);
  }
  expect(wrong).toEqual([]);
});

test.each([
  ['the largest float32', float32(0x7f7fffff), 0x7c00],
  ['the smallest float32', float32(1), 0],
  ['the largest subnormal float32', float32(0x7fffff), 0],
  ['minus zero', -0, 0x8000],
  ['infinity', Infinity, 0x7c00],
  ['minus infinity', -Infinity, 0xfc00],
])('narrows %s', (_, value, expected) => {
  expect(narrow(value)).toBe(expected);
});

test('a NaN stays one, though its payload lies in the bits that are cut off', () => {
  const nans = new Float32Array(Uint32Array.of(0x7f800001, 0xff801fff, 0x7fc00000, 0xffffffff).buffer);
  expect([...float32ToFloat16(nans)]).toEqual([0x7e00, 0xfe00, 0x7e00, 0xffff]);
});

test('a bfloat16 is the upper half of a float32', () => {
  const bits = new Uint32Array(bfloat16ToFloat32(ALL).buffer);
  expect(bits).toEqual(Uint32Array.from(ALL, (half) => half * 0x10000));
});

test('reads a view from where it begins, and leaves it as it is', () => {
  const halves = Uint16Array.of(0x7bff, 0x3c00, 0xc000).subarray(1);
  expect([...float16ToFloat32(halves)]).toEqual([1, -2]);
  expect([...bfloat16ToFloat32(Uint16Array.of(0, 0x3f80).subarray(1))]).toEqual([1]);
  expect([...float32ToFloat16(Float32Array.of(7, 1, -2).subarray(1))]).toEqual([0x3c00, 0xc000]);
  expect([...halves]).toEqual([0x3c00, 0xc000]);
});

test('takes empty arrays', () => {
  expect(float16ToFloat32(new Uint16Array()).length).toBe(0);
  expect(bfloat16ToFloat32(new Uint16Array()).length).toBe(0);
  expect(float32ToFloat16(new Float32Array()).length).toBe(0);
});
