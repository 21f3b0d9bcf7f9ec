import { describe, expect, it } from 'vitest';
import type { Precision, StoredTensor } from '../../src/clip/weights/weights';
import { fitTogether, pictureRoom } from '../../src/engine/memory-budget';

const MEBIBYTE = 2 ** 20;

/** Weights of so many MiB in each of their tensors; only how long they are is looked at. */
function weights(...mebibytes: number[]) {
  const tensors = mebibytes.map((size, at): StoredTensor => ({
    name: `tensor ${at}`,
    dtype: 'F32',
    shape: [1],
    file: 'file',
    offset: 0,
    byteLength: size * MEBIBYTE,
  }));
  return { tensors, files: [] };
}

function fit(precision: Precision, mebibytes: number, gibibytes?: number): boolean {
  const image = weights(mebibytes / 2, mebibytes / 4);
  return fitTogether({ precision, image, text: weights(mebibytes / 4) }, gibibytes);
}

describe('both towers may be open at once', () => {
  it.each([
    ['a quarter of the memory', 'fp32', 512, 2],
    ['a quarter of 4 GiB where the device does not tell', 'fp32', 1024, undefined],
    ['at most 2 GiB', 'fp32', 2048, 64],
    ['half of it in fp16, which is widened', 'fp16-storage', 512, 4],
    ['as they are kept in 8 bits', 'q8', 1024, 4],
    ['as they are kept in 4 bits', 'q4', 1024, 4],
  ] as const)('up to %s', (_, precision, mebibytes, gibibytes) => {
    expect(fit(precision, mebibytes, gibibytes)).toBe(true);
    expect(fit(precision, mebibytes + 4, gibibytes)).toBe(false);
  });

  it('where the text tower is still on its way, by the image tower alone', () => {
    expect(fitTogether({ precision: 'fp32', image: weights(1024), text: undefined })).toBe(true);
    expect(fitTogether({ precision: 'fp32', image: weights(1025), text: undefined })).toBe(false);
  });
});

it('a picture may take half of a small device, and what WebAssembly has of others', () => {
  expect(pictureRoom(2)).toBe(2 ** 30);
  expect(pictureRoom(4)).toBe(2 ** 31);
  expect([pictureRoom(8), pictureRoom(64), pictureRoom()]).toEqual(Array(3).fill(3.5 * 2 ** 30));
});
