import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readMetadata } from '../../src/library/metadata';

async function metadataOf(name: string, folder = 'metadata') {
  const bytes = await readFile(new URL(`../fixtures/${folder}/${name}`, import.meta.url));
  return readMetadata(new Uint8Array(bytes).buffer);
}

test('reads when, where and by what a photo was taken', async () => {
  expect(await metadataOf('camera.jpg')).toEqual({
    taken: Date.UTC(2024, 4, 31, 18, 2, 11),
    camera: 'Canon EOS R6',
    place: { latitude: expect.closeTo(-33.86, 10), longitude: expect.closeTo(-70.5, 10) },
  });
});

test('names the maker where the model does not, and takes the time of writing for want of another', async () => {
  expect(await metadataOf('phone.jpg')).toEqual({
    taken: Date.UTC(2023, 11, 24, 20),
    camera: 'Google Pixel 8',
  });
});

test('takes no unset clock and no place at zero for true', async () => {
  expect(await metadataOf('unset-clock.jpg')).toEqual({ camera: 'C-1' });
});

test.each(['one-pixel.png', 'text.jpg', 'empty.jpg', 'truncated.jpg', 'picture.avif', 'drawing.svg'])(
  'finds nothing in %s',
  async (name) => {
    expect(await metadataOf(name, 'pictures')).toEqual({});
  },
);
