import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { PreprocessSettings } from '../../../src/core/preprocess-settings';
import type { ListedPicture } from '../../../tools/embed/picture-list';
import { preparePictures } from '../../../tools/embed/prepared-pictures';
import { Room } from '../../../tools/embed/room';

const settings: PreprocessSettings = {
  size: [2, 2],
  resizeMode: 'squash',
  interpolation: 'bicubic',
  fillColor: 0,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

function listed(path: string, bytes: () => Promise<Uint8Array>): ListedPicture {
  return { path, byteLength: async () => 0, read: bytes };
}

const grey = (level: number, width = 40, height = 30) =>
  listed(`${level}`, () =>
    sharp({ create: { width, height, channels: 3, background: { r: level, g: level, b: level } } })
      .png()
      .toBuffer(),
  );

it('gives pixels in the order of the pictures, and of those that cannot be read why', async () => {
  const pictures = [grey(1), listed('broken', async () => Buffer.from('none')), grey(2), grey(3, 400, 300)];
  const prepared = await preparePictures(pictures, settings);
  expect(prepared.map((one) => ('pixels' in one ? [...new Set(one.pixels)] : one.message))).toEqual([
    [1],
    expect.stringContaining('unsupported image format'),
    [2],
    [3],
  ]);
});

it('asks for room for the pixels of each before it decodes any', async () => {
  const asked: number[] = [];
  class Watched extends Room {
    override with<T>(size: number, work: () => Promise<T>): Promise<T> {
      asked.push(size);
      return super.with(size, work);
    }
  }
  await preparePictures([grey(1), grey(2, 4, 3)], settings, new Watched(1200));
  expect(asked.sort((a, b) => a - b)).toEqual([12, 1200]);
});

it('leaves out a picture with more pixels than are read, by its header alone', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>';
  const prepared = await preparePictures([listed('huge', async () => Buffer.from(svg))], settings);
  expect(prepared).toEqual([{ message: expect.stringContaining('more than the 268,435,456') as string }]);
});
