import { wrap, type Remote } from 'comlink';
import { decode as decodePng, encode as encodePng } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { overWhite } from '../../src/image/alpha';
import { decodePicture } from '../../src/image/decode';
import { inputOf } from '../../src/image/frame';
import type { DecodedPicture } from '../../src/image/picture';
import { preprocessSource } from '../../src/image/preprocess';
import type { Raster } from '../../src/image/raster';
import { thumbnailOf, thumbnailSize } from '../../src/image/thumbnail';
import { fixturePicture, fixtureSettings } from '../../tools/conformance/fixture-picture';
import type { FixtureCase } from '../../tools/conformance/fixture-picture';
import type { ImageApi } from '../../workers/api';
import { differing } from '../image/differing';
import { index } from '../image/fixture-index';
import { sha256 } from '../image/sha256';
import { readFixture as read } from './fixture-files';
import wideGamutUrl from '../fixtures/pictures/wide-gamut.png?url';
import everyAlphaUrl from '../fixtures/preprocess/every-alpha.webp?url';
import plainJson from '../fixtures/plain-pictures.json';

async function file(image: string): Promise<Blob> {
  return new Blob([await read(`images/${image}`)]);
}

/** Wrapped once: when what `wrap` returned is collected, Comlink lets the worker answer nobody any more. */
function startImageWorker(): [Worker, Remote<ImageApi>] {
  const worker = new Worker(new URL('../../workers/image.worker.ts', import.meta.url), { type: 'module' });
  return [worker, wrap<ImageApi>(worker)];
}

async function decodeBlob(blob: Blob, isTurned = true): Promise<DecodedPicture> {
  return decodePicture(new Uint8Array(await blob.arrayBuffer()), { isTurned });
}

/** All pixels as RGB. */
async function decodedRgb(blob: Blob, isTurned = true): Promise<Uint8Array> {
  const picture = await decodeBlob(blob, isTurned);
  const { data } = picture.read(0, 0, picture.width, picture.height);
  picture.close();
  return rgbOf({ width: picture.width, height: picture.height, channels: 4, data });
}

function rgbOf({ channels, data }: Raster): Uint8Array {
  if (channels === 3) return new Uint8Array(data);
  return new Uint8Array(data).filter((_, i) => i % 4 !== 3);
}

function anyCase(image: string, variant: FixtureCase['variant']): FixtureCase {
  const base = index.cases.find((entry) => entry.image === image);
  if (!base) throw new Error(`no case of ${image}`);
  return { ...base, variant };
}

describe('the browser decodes to the bytes Pillow does', () => {
  test('a colour profile changes no number', async () => {
    const rgb = await decodedRgb(await (await fetch(wideGamutUrl)).blob());
    expect(rgb.length).toBe(32 * 32 * 3);
    expect([...new Set(rgb.filter((_, i) => i % 3 === 0))]).toEqual([200]);
    expect([...rgb.subarray(0, 3)]).toEqual([200, 40, 30]);
  });

  // 16-bit grey: browsers scale it to 8 bits, Pillow clips it.
  const names = Object.keys(index.images).filter((name) => index.images[name]!.pil_mode !== 'I;16');
  for (const name of names) {
    const { pil_mode, exif_orientation } = index.images[name]!;
    test(name, async () => {
      const isTransparent = pil_mode === 'RGBA' || pil_mode === 'LA';
      const variant = isTransparent || pil_mode === 'RGB' ? 'reference' : 'rgb_first';
      const expected = await fixturePicture(
        index,
        anyCase(name, exif_orientation ? 'exif_upright' : variant),
        read,
      );
      expect(differing(await decodedRgb(await file(name)), rgbOf(overWhite(expected)))).toBe(0);
    });
  }
});

test.each(Object.keys(index.images).filter((name) => index.images[name]!.exif_orientation))(
  'a picture of a data set is read as it is stored: %s',
  async (name) => {
    const expected = await fixturePicture(index, anyCase(name, 'reference'), read);
    expect(differing(await decodedRgb(await file(name), false), rgbOf(expected))).toBe(0);
  },
);

describe('from file to bytes as the reference', () => {
  const cases = index.cases.filter((entry) => {
    const { pil_mode, exif_orientation } = index.images[entry.image]!;
    if (exif_orientation) return entry.variant === 'exif_upright';
    return (
      ['RGB', 'L'].includes(pil_mode) || (entry.variant === 'rgb_first' && ['P', '1'].includes(pil_mode))
    );
  });
  for (const entry of cases) {
    test(`${entry.image} ${entry.resize_mode} ${entry.interpolation} ${String(entry.size)}`, async () => {
      const picture = await decodeBlob(await file(entry.image));
      const bytes = preprocessSource(picture, fixtureSettings(index, entry));
      picture.close();
      expect(await sha256(bytes)).toBe(entry.sha256);
    });
  }
});

/** A PNG whose pixels all differ from their neighbours. */
function png(width: number, height: number): { blob: Blob; rgb: Uint8Array } {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = Math.imul(i, 0x9e3779b1) >>> 24;
  return { blob: new Blob([new Uint8Array(encodePng({ width, height, channels: 3, data: rgb }))]), rgb };
}

test.each([
  [1, 1],
  [12_000, 100],
  [100, 12_000],
  [20_000, 3],
  [3, 20_000],
])('reads a picture of %i x %i pixels', async (width, height) => {
  const { blob, rgb } = png(width, height);
  expect(differing(await decodedRgb(blob), rgb)).toBe(0);
});

test('reads a part of a picture, again and of another size', async () => {
  const { blob, rgb } = png(40, 30);
  const picture = await decodeBlob(blob);
  for (const [left, top, width, height] of [
    [5, 7, 9, 3],
    [5, 10, 9, 1],
    [0, 0, 40, 30],
  ] as const) {
    const { data, offset, stride } = picture.read(left, top, width, height);
    for (let y = 0; y < height; y++) {
      const row = rgbOf({
        width,
        height: 1,
        channels: 4,
        data: data.slice(offset + y * stride).slice(0, width * 4),
      });
      const from = ((top + y) * 40 + left) * 3;
      expect(row).toEqual(rgb.slice(from, from + width * 3));
    }
  }
  picture.close();
});

describe('lays every colour at every alpha over white exactly', () => {
  const data = new Uint8Array(256 * 256 * 4);
  for (let i = 0; i < 256 * 256; i++) data.set([i & 255, 255 - (i & 255), 77, i >> 8], i * 4);
  const expected = rgbOf(overWhite({ width: 256, height: 256, channels: 4, kind: 'transparent', data }));

  test('from a PNG', async () => {
    const blob = new Blob([new Uint8Array(encodePng({ width: 256, height: 256, channels: 4, data }))]);
    expect(differing(await decodedRgb(blob), expected)).toBe(0);
  });

  test('from a lossless WebP, which Chromium rounds otherwise when it premultiplies', async () => {
    const blob = await (await fetch(everyAlphaUrl)).blob();
    expect(differing(await decodedRgb(blob), expected)).toBe(0);
  });
});

/** Two frames of one pixel, red and blue (GIF89a). */
const ANIMATION = Uint8Array.from([
  0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x21, 0xf9, 4, 0, 10, 0,
  0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1,
  0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b,
]);

test('an animation gives its first frame', async () => {
  expect(await decodedRgb(new Blob([ANIMATION]))).toEqual(Uint8Array.from([255, 0, 0]));
});

describe('what is no picture is named', () => {
  async function failure(blob: Blob): Promise<string> {
    try {
      (await decodeBlob(blob)).close();
      return 'a picture';
    } catch (error) {
      return String(error);
    }
  }

  const unreadable = 'PictureUnreadable: not a picture this browser can read:';

  test('an empty file', async () => {
    expect(await failure(new Blob([]))).toBe('PictureEmpty: the file is empty: 0 bytes');
  });

  test.each([
    ['hello', 'text'],
    ['%PDF-1.7\n', 'a PDF document'],
    ['\0\0\0\x18ftypheic\0\0\0\0', 'a HEIC picture'],
  ])('%j is %s', async (text, words) => {
    expect(await failure(new Blob([text]))).toBe(`${unreadable} ${words}`);
  });

  test('a damaged JPEG XL, which this browser reads', async () => {
    const damaged = new Blob([Uint8Array.of(0xff, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8)]);
    expect(await failure(damaged)).toBe(`${unreadable} a JPEG XL picture that is damaged or cut off`);
  });

  test.each([0.1, 0.5, 0.95, 0.9999])('a JPEG of which only the part %f is there', async (part) => {
    const whole = await file('photo-480x360.jpg');
    const cut = whole.slice(0, Math.floor(whole.size * part));
    expect(await failure(cut)).toBe(`${unreadable} a JPEG picture whose end is missing`);
  });

  test('a PNG without its second half', async () => {
    const whole = await file('noise-37x50.png');
    const cut = whole.slice(0, whole.size / 2);
    expect(await failure(cut)).toBe(`${unreadable} a PNG picture whose end is missing`);
  });
});

describe('thumbnails', () => {
  test.each([
    [4000, 3000, 256, [341, 256]],
    [3000, 4000, 256, [256, 341]],
    [100, 80, 256, [100, 80]],
    [12_000, 100, 256, [1024, 9]],
    [30_000, 2, 256, [1024, 1]],
    [1, 1, 256, [1, 1]],
  ] as const)('%i x %i at %i', (width, height, edge, expected) => {
    expect(thumbnailSize(width, height, edge)).toEqual(expected);
  });

  test('is the whole picture, over white', async () => {
    const data = new Uint8Array(64 * 32 * 4);
    for (let i = 0; i < 64 * 32; i++) if (i % 64 < 32) data.set([200, 0, 0, 255], i * 4);
    const blob = new Blob([new Uint8Array(encodePng({ width: 64, height: 32, channels: 4, data }))]);
    const picture = await decodeBlob(blob);
    const thumbnail = await thumbnailOf(picture, 16);
    picture.close();
    const shown = await decodeBlob(thumbnail);
    expect([thumbnail.type, shown.width, shown.height]).toEqual(['image/jpeg', 32, 16]);
    const { data: pixels } = shown.read(0, 8, 32, 1);
    shown.close();
    expect(Math.abs(pixels[8 * 4]! - 200) + pixels[8 * 4 + 1]!).toBeLessThan(24);
    expect(Math.min(pixels[24 * 4]!, pixels[24 * 4 + 1]!, pixels[24 * 4 + 2]!)).toBeGreaterThan(243);
  });
});

describe('the image worker', () => {
  const settings: PreprocessSettings = {
    size: [64, 64],
    resizeMode: 'shortest',
    interpolation: 'bicubic',
    fillColor: 0,
    mean: index.mean,
    std: index.std,
  };
  let worker: Worker;
  let api: Remote<ImageApi>;
  beforeAll(() => {
    [worker, api] = startImageWorker();
  });
  afterAll(() => worker.terminate());

  test.each(['photo-480x360.jpg', 'exif6-400x250.jpg', 'rgba-241x160.png'])(
    'gives a frame of %s that becomes the pixels that it prepares',
    async (image) => {
      const blob = await file(image);
      for (const decoding of ['exact', 'scaled'] as const) {
        const ready = await api.prepare(blob, settings, 100, decoding);
        const framed = await api.prepareFrame(blob, settings, 100, decoding);
        if (!ready.ok || !framed.ok) throw new Error('not prepared');
        expect(differing(inputOf(framed.frame, settings), ready.pixels)).toBe(0);
        expect(framed.thumbnail?.size).toBeGreaterThan(0);
        const { frame: _, ...about } = framed;
        const { pixels: __, ...aboutReady } = ready;
        expect(about).toEqual(aboutReady);
      }
    },
  );

  test('prepares a picture, with and without a thumbnail', async () => {
    const entry = index.cases.find((one) => one.image === 'photo-480x360.jpg' && one.size === 64)!;
    const prepared = await api.prepare(await file(entry.image), settings, 100);
    if (!prepared.ok) throw new Error(prepared.message);
    expect([prepared.width, prepared.height]).toEqual([480, 360]);
    expect(await sha256(prepared.pixels)).toBe(entry.sha256);
    // A small file is its own.
    const own = new Uint8Array(await prepared.thumbnail!.arrayBuffer());
    expect(differing(own, await read(`images/${entry.image}`))).toBe(0);
    const large = await api.prepare(await file('scene-portrait-300x451.png'), settings, 100);
    if (!large.ok) throw new Error(large.message);
    const thumbnail = await decodeBlob(large.thumbnail!);
    expect([thumbnail.width, thumbnail.height]).toEqual([100, 150]);
    thumbnail.close();
    expect(await api.prepare(await file(entry.image), settings, 0)).not.toHaveProperty('thumbnail');
  });

  test('prepares a frame of a camera as it prepares the file of the same picture, to the bit', async () => {
    const png = await file('scene-portrait-300x451.png');
    const prepared = await api.prepare(png, settings, 0);
    const bitmap = await api.prepareBitmap(await createImageBitmap(png), settings);
    if (!prepared.ok || !bitmap.ok) throw new Error('a picture could not be prepared');
    expect(await sha256(bitmap.pixels)).toBe(await sha256(prepared.pixels));
  });

  test('gives the size of an upright picture', async () => {
    const prepared = await api.prepare(await file('exif6-400x250.jpg'), settings, 0);
    expect(prepared).toMatchObject({ ok: true, width: 250, height: 400 });
  });

  test('answers a bad file with its failure as data', async () => {
    expect(await api.prepare(new Blob(['text']), settings, 100)).toEqual({
      ok: false,
      name: 'PictureUnreadable',
      message: 'not a picture this browser can read: text',
    });
    expect(await api.prepare(new Blob([]), settings, 100)).toMatchObject({ ok: false, name: 'PictureEmpty' });
  });

  test.each([
    [5792, 'PictureUnreadable'],
    [5793, 'OutOfMemory'],
  ])(
    'calls a whole file of %d pixels a side that is not decoded: %s, since of a large one memory may be short',
    async (side, name) => {
      const bytes = await read('images/checker-256x256.png');
      const view = new DataView(bytes.buffer);
      // Its checksum is wrong from here on.
      view.setUint32(16, side);
      view.setUint32(20, side);
      const prepared = await api.prepare(new Blob([bytes]), settings, 0);
      expect(prepared).toMatchObject({ ok: false, name });
    },
  );
});

/** A picture's file, and its upright pixels. */
interface Upright {
  readonly name: string;
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
}

/** Written by tools/oracles/plain_pictures.py. */
const plain = plainJson as unknown as {
  readonly turned: readonly Upright[];
  readonly animated: readonly Upright[];
  readonly coloured: readonly { name: string; file: string; stored: number[]; shown: number[] | null }[];
  readonly unmarked: readonly { name: string; file: string; isRead: boolean }[];
  readonly grounds: readonly { name: string; file: string; isPale: boolean }[];
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

describe('every browser decodes to what Pillow reads', () => {
  test.each([...plain.turned, ...plain.animated])(
    'upright: $name',
    async ({ file: base64, width, height, rgb }) => {
      const picture = await decodePicture(bytesOf(base64));
      expect([picture.width, picture.height]).toEqual([width, height]);
      picture.close();
      expect(differing(await decodedRgb(new Blob([bytesOf(base64)])), bytesOf(rgb))).toBe(0);
    },
  );

  test.each(plain.coloured)('$name changes no number, and its thumbnail shows its colours', async (entry) => {
    const picture = await decodePicture(bytesOf(entry.file));
    expect([...picture.read(12, 8, 1, 1).data.slice(0, 3)]).toEqual(entry.stored);
    const small = await picture.scaled(6, 4);
    picture.close();
    const shown = [...small.getContext('2d')!.getImageData(3, 2, 1, 1).data.slice(0, 3)];
    // Pillow gives no value for what only browsers convert: an element of the page does.
    const expected = entry.shown ?? (await shownByPage(bytesOf(entry.file)));
    for (const [channel, level] of expected.entries())
      expect(Math.abs(shown[channel]! - level)).toBeLessThan(4);
  });

  test.each(plain.unmarked)('a JPEG with $name', async ({ file: base64, isRead }) => {
    const decoded = decodePicture(bytesOf(base64));
    if (!isRead) return expect(decoded).rejects.toThrow('whose end is missing');
    const picture = await decoded;
    expect([picture.width, picture.height]).toEqual([61, 45]);
    picture.close();
  });

  test('drawings that white would hide lie on a dark ground, all others on white', async () => {
    for (const { name, file: base64, isPale } of plain.grounds) {
      const corner = (await decodedRgb(new Blob([bytesOf(base64)]))).slice(0, 3);
      expect([name, ...corner]).toEqual([name, ...(isPale ? [40, 40, 40] : [255, 255, 255])]);
    }
  });

  async function shownByPage(bytes: Uint8Array<ArrayBuffer>): Promise<number[]> {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
    await image.decode();
    const canvas = new OffscreenCanvas(1, 1).getContext('2d')!;
    canvas.drawImage(image, 12, 8, 1, 1, 0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }
});

describe('the image worker draws SVG', () => {
  let worker: Worker;
  let api: Remote<ImageApi>;
  beforeAll(() => {
    [worker, api] = startImageWorker();
  });
  afterAll(() => worker.terminate());

  const shapes = '<rect width="30" height="20" fill="#f00"/><rect width="15" height="20" fill="#00f"/>';
  const svg = (attributes: string, inside = shapes) =>
    new Blob([`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`]);

  test.each([
    ['a small size of its own', 'width="30" height="20"', [512, 341]],
    ['a large size of its own', 'width="900" height="600" viewBox="0 0 30 20"', [900, 600]],
    ['no size but a view box', 'viewBox="0 0 30 20"', [512, 341]],
    ['a size in parts of the page', 'width="100%" height="100%" viewBox="0 0 30 20"', [512, 341]],
    ['neither size nor view box', '', [512, 341]],
  ])('with %s', async (_, attributes, size) => {
    const picture = await decodeBlob(await api.shown(svg(attributes)));
    const [width, height] = [picture.width, picture.height];
    expect([width, height]).toEqual(size);
    const colour = (x: number) => [
      ...picture.read(Math.floor(x * width), height >> 1, 1, 1).data.slice(0, 3),
    ];
    expect([colour(0.1), colour(0.9)]).toEqual([
      [0, 0, 255],
      [255, 0, 0],
    ]);
    picture.close();
  });

  test('with text', async () => {
    const text = '<text x="2" y="16" font-family="Georgia" font-size="16">Ж</text>';
    const picture = await decodeBlob(await api.shown(svg('viewBox="0 0 20 20"', text)));
    const { data } = picture.read(0, 0, picture.width, picture.height);
    picture.close();
    expect(data.some((level) => level < 32)).toBe(true);
  });

  test('and says what is none', async () => {
    const cut = new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect']);
    const words = 'this SVG cannot be drawn: it is damaged or not SVG at all';
    await expect(api.shown(cut)).rejects.toMatchObject({ name: 'PictureUnreadable', message: words });
  });
});

test('fast-png reads palettes as the browser does', async () => {
  const bytes = await read('images/palette-P-200x133.png');
  const { data, palette } = decodePng(bytes);
  const expected = Uint8Array.from(Array.from(data, (level) => palette![level]!.slice(0, 3)).flat());
  expect(differing(await decodedRgb(new Blob([bytes])), expected)).toBe(0);
});
