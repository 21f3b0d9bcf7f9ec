import { describe, expect, test } from 'vitest';
import { headerSize } from '../../src/image/header-size';
import { index } from './fixture-index';
import { readFixture } from './fixtures';

function bytes(latin1: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(latin1, (char) => char.charCodeAt(0));
}

describe('the header gives the size of', () => {
  // Sizes by exiftool. HEIC codes 64 rows and shows 32 of them; a decoder takes memory for all.
  test.each([
    ...(
      [
        ['avif', 32],
        ['heic', 64],
        ['jxl', 32],
        ['webp', 32],
      ] as const
    ).flatMap(([kind, height]) =>
      ['encoder', 'exiftool', 'xmp'].map((name) => [`metadata/${name}.${kind}`, 64, height] as const),
    ),
    ['picture-kinds/preprocess/images/rgb.webp', 43, 29],
    ['picture-kinds/preprocess/images/rgba.webp', 43, 29],
    ['pictures/picture.avif', 200, 150],
    ['pictures/picture.webp', 200, 150],
    ['preprocess/every-alpha.webp', 256, 256],
  ] as const)('%s', async (name, width, height) => {
    expect(headerSize(await readFixture(`../${name}`))).toEqual([width, height]);
  });

  for (const [name, { width, height }] of Object.entries(index.images)) {
    test(name, async () => {
      expect(headerSize(await readFixture(`images/${name}`))).toEqual([width, height]);
    });
  }
});

test('a header that is cut off, broken or of another kind gives no size', async () => {
  const jpeg = await readFixture('images/photo-480x360.jpg');
  for (let length = 0; length < 150; length++) expect(headerSize(jpeg.subarray(0, length))).toBeUndefined();
  expect(headerSize(bytes('\x89PNG\r\n\x1a\n'))).toBeUndefined();
  expect(headerSize(bytes('\xff\xd8\xff\xe0\0\x02garbage!!'))).toBeUndefined();
  expect(headerSize(bytes('GIF89a\x01\x02\x03'))).toBeUndefined();
  expect(headerSize(bytes('BM'.padEnd(25, '\0')))).toBeUndefined();
});

test('a GIF and a BMP have their size in their header too, a BMP also from the top', () => {
  expect(headerSize(bytes('GIF89a\x01\x02\x03\x04'))).toEqual([0x201, 0x403]);
  const bmp = (height: string) => bytes(`BM${'\0'.repeat(16)}\x80\x02\0\0${height}`);
  expect(headerSize(bmp('\xe0\x01\0\0'))).toEqual([640, 480]);
  expect(headerSize(bmp('\x20\xfe\xff\xff'))).toEqual([640, 480]);
});

// The first bytes of what libjxl writes, by way of @jsquash/jxl 1.3.0.
test.each([
  ['ff0a41c04e004c8020002801', 8, 8],
  ['ff0a6002f4809d004c802000', 123, 77],
  ['ff0af88f0004d809004c8020', 513, 512],
  ['ff0a0a27e87c809d004c8020', 1000, 1250],
  ['ff0a7a3e043b01004c802000', 3000, 2000],
  ['ff0a78005146003b01004c80', 9001, 16],
] as const)('JPEG XL %s', (hex, width, height) => {
  expect(headerSize(Uint8Array.from(Buffer.from(hex, 'hex')))).toEqual([width, height]);
});

test('a WebP tells a size as large as its format allows', () => {
  const extended = `RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0`;
  expect(headerSize(bytes(extended))).toEqual([16384, 16384]);
  const lossless = `RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\xff\xff\x0f`.padEnd(30, '\0');
  expect(headerSize(bytes(lossless))).toEqual([16384, 16384]);
  expect(headerSize(bytes(extended.slice(0, 29)))).toBeUndefined();
});
