import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readMetadata } from '../../src/library/metadata';
import type { Metadata } from '../../src/library/records';

/** What `tests/fixtures/metadata/make.py` writes into its files. */
const VESPER = {
  taken: Date.UTC(2021, 6, 4, 9, 8, 7),
  camera: 'Lumigraph Vesper 2',
  place: { latitude: expect.closeTo(-33.86, 10), longitude: expect.closeTo(-70.5, 10) },
};

async function bytesOf(name: string, folder = 'metadata') {
  return new Uint8Array(await readFile(new URL(`../fixtures/${folder}/${name}`, import.meta.url)));
}

async function metadataOf(name: string, folder?: string) {
  return readMetadata((await bytesOf(name, folder)).buffer);
}

/** Whether this runtime decompresses Brotli, as some browsers do. */
function hasBrotli(): boolean {
  try {
    // Not among the formats that TypeScript knows.
    new DecompressionStream('brotli' as CompressionFormat);
    return true;
  } catch {
    return false;
  }
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

test.each([
  'exiftool.jpg',
  'exiftool.heic',
  'exiftool.avif',
  'exiftool.webp',
  'exiftool.png',
  'exiftool.jxl',
  'encoder.heic',
  'encoder.avif',
  'encoder.webp',
])('reads %s', async (name) => {
  expect(await metadataOf(name)).toEqual(VESPER);
});

test('reads what JPEG XL holds compressed where the browser has Brotli', async () => {
  expect(await metadataOf('encoder.jxl')).toEqual(hasBrotli() ? VESPER : {});
});

// A part that means nothing, as large as a picture's data, put in before the part that begins at the EXIF's name.
const LARGE = Buffer.alloc(1_000_000);
const size = (order: 'LE' | 'BE', bytes: number) => {
  const written = Buffer.alloc(4);
  written[`writeUInt32${order}`](bytes);
  return written;
};

test.each([
  ['exiftool.webp', 'EXIF', 0, [Buffer.from('JUNK'), size('LE', LARGE.length), LARGE]],
  ['exiftool.png', 'eXIf', 4, [size('BE', LARGE.length), Buffer.from('juNk'), LARGE, size('BE', 0)]],
  ['exiftool.jxl', 'Exif', 4, [size('BE', LARGE.length + 8), Buffer.from('free'), LARGE]],
] as const)('reads EXIF that lies far inside %s', async (name, part, ahead, large) => {
  const bytes = Buffer.from(await bytesOf(name));
  const at = bytes.indexOf(part) - ahead;
  const late = Buffer.concat([bytes.subarray(0, at), ...large, bytes.subarray(at)]);
  expect(await readMetadata(new Uint8Array(late).buffer)).toEqual(VESPER);
});

test.each(['exiftool.jpg', 'encoder.heic', 'encoder.avif', 'exiftool.webp', 'exiftool.png', 'exiftool.jxl'])(
  'reads nothing wrong from %s, wherever it ends',
  async (name) => {
    const bytes = await bytesOf(name);
    const read = await Promise.all([...bytes.keys()].map((end) => readMetadata(bytes.slice(0, end).buffer)));
    const distinct = new Set(read.map((metadata) => JSON.stringify(metadata)));
    for (const { taken, camera, place } of [...distinct].map((json) => JSON.parse(json) as Metadata)) {
      expect([undefined, VESPER.taken]).toContain(taken);
      expect([undefined, 'Lumigraph', VESPER.camera]).toContain(camera);
      expect([undefined, VESPER.place]).toContainEqual(place);
    }
  },
);

test.each(['one-pixel.png', 'text.jpg', 'empty.jpg', 'truncated.jpg', 'picture.avif', 'drawing.svg'])(
  'finds nothing in %s',
  async (name) => {
    expect(await metadataOf(name, 'pictures')).toEqual({});
  },
);
