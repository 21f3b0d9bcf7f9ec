import { describe, expect, it } from 'vitest';
import { blockLayout, dequantise, quantiseRows, type Bits } from '../../../src/clip/weights/quantise';

function roundTrip(values: Float32Array, shape: [number, number], bits: Bits): Float32Array {
  const layout = blockLayout(shape, bits);
  const tensor = new Uint8Array(layout.byteLength);
  quantiseRows(values, 0, layout, tensor);
  return dequantise(tensor, layout);
}

/** Uniform in -1..1, the same in every run. */
function noise(length: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);

const relativeError = (values: Float32Array, kept: Float32Array) =>
  Math.sqrt(squares(values.map((value, at) => value - (kept[at] ?? NaN))) / squares(values));

describe('a matrix in blocks', () => {
  it('lies as MatMulNBits takes it, scales from a multiple of 64 bytes on', () => {
    expect(blockLayout([3, 40], 8)).toEqual({
      rows: 3,
      width: 40,
      bits: 8,
      blocks: 2,
      blockBytes: 32,
      dataBytes: 192,
      scalesStart: 192,
      scalesBytes: 12,
      byteLength: 204,
    });
    expect(blockLayout([3, 40], 4)).toMatchObject({ blockBytes: 16, dataBytes: 96, scalesStart: 128 });
  });

  it('holds 8 bits as 128 more than a multiple of the fp16 scale', () => {
    const layout = blockLayout([1, 33], 8);
    const tensor = new Uint8Array(layout.byteLength);
    quantiseRows(
      Float32Array.from({ length: 33 }, (_, at) => (at === 32 ? -127 : at - 15)),
      0,
      layout,
      tensor,
    );
    // The first block's largest is 16: a scale of 16/127, rounded to fp16 0x3008 (0.12598). The second's is 1.
    const scales = new Uint16Array(tensor.buffer, layout.scalesStart, 2);
    expect([...scales].map((half) => half.toString(16))).toEqual(['3008', '3c00']);
    expect([...tensor.subarray(13, 18)]).toEqual([112, 120, 128, 136, 144]);
    expect([...tensor.subarray(31, 35)]).toEqual([255, 1, 128, 128]);
  });

  it('holds 4 bits as 8 more, the first of two in the low half of a byte', () => {
    const layout = blockLayout([1, 32], 4);
    const tensor = new Uint8Array(layout.byteLength);
    quantiseRows(
      Float32Array.from({ length: 32 }, (_, at) => (at % 16) - 8),
      0,
      layout,
      tensor,
    );
    expect([...new Uint16Array(tensor.buffer, layout.scalesStart, 1)]).toEqual([0x3c00]);
    expect([...tensor.subarray(0, 16)].map((byte) => byte.toString(16))).toEqual([
      '10',
      '32',
      '54',
      '76',
      '98',
      'ba',
      'dc',
      'fe',
      '10',
      '32',
      '54',
      '76',
      '98',
      'ba',
      'dc',
      'fe',
    ]);
  });

  it.each<[Bits, number]>([
    [8, 0.005],
    // The largest weight over 7 as the scale would leave 0.083.
    [4, 0.075],
  ])('keeps noise in %i bits to a relative error of %f', (bits, most) => {
    const values = noise(64 * 96);
    const error = relativeError(values, roundTrip(values, [64, 96], bits));
    expect(error).toBeLessThan(most);
    expect(error).toBeGreaterThan(most / 4);
  });

  it.each<Bits>([8, 4])('gives back zeros and rows that end within a block, in %i bits', (bits) => {
    const values = noise(5 * 33).fill(0, 0, 33);
    const kept = roundTrip(values, [5, 33], bits);
    expect(kept).toHaveLength(5 * 33);
    expect([...kept.subarray(0, 33)]).toEqual(new Array(33).fill(0));
    expect(relativeError(values, kept)).toBeLessThan(0.1);
  });

  it.each<Bits>([8, 4])('is the same whatever rows are given at a time, in %i bits', (bits) => {
    const values = noise(7 * 50);
    const layout = blockLayout([7, 50], bits);
    const [whole, parts] = [new Uint8Array(layout.byteLength), new Uint8Array(layout.byteLength)];
    quantiseRows(values, 0, layout, whole);
    quantiseRows(values.subarray(0, 150), 0, layout, parts);
    quantiseRows(values.subarray(150), 3, layout, parts);
    expect(parts).toEqual(whole);
  });
});
