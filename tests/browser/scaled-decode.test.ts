import { wrap, type Remote } from 'comlink';
import { encode as encodePng } from 'fast-png';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { decodePicture, type Wanted } from '../../src/image/decode';
import { fitFrame } from '../../src/image/geometry';
import { neededScale } from '../../src/image/needed-scale';
import type { DecodedPicture } from '../../src/image/picture';
import { preprocessSource } from '../../src/image/preprocess';
import { SMALL_FILE } from '../../src/library/records';
import type { ImageApi } from '../../workers/api';
import { differing } from '../image/differing';
import plainJson from '../fixtures/plain-pictures.json';
import cmykUrl from '../fixtures/pictures/cmyk.jpg?url';
import photoUrl from '../fixtures/preprocess/images/photo-480x360.jpg?url';

const settings: PreprocessSettings = {
  size: [48, 48],
  resizeMode: 'shortest',
  interpolation: 'bicubic',
  fillColor: 0,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** As an image worker asks for it, without a thumbnail. */
const SCALED: Wanted = { needed: (size) => neededScale(size, settings, 0) };

/** Of 255, on average: what a decoder's own scaling changes. */
const ALIKE = 1.5;

async function fetched(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** The tower's input, and what was told of the picture. */
async function prepared(bytes: Uint8Array<ArrayBuffer>, wanted?: Wanted) {
  const { full, isScaled, isShownAlike, width, ...picture } = await decodePicture(bytes, wanted);
  const pixels = preprocessSource(
    { ...picture, width },
    settings,
    fitFrame({ ...picture, full, width }, settings),
  );
  picture.close();
  return { pixels, full, isScaled, isShownAlike, width };
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
}

/** The JPEG with an EXIF segment behind its first two bytes: one entry, the orientation, as the standard says. */
function withOrientation(jpeg: Uint8Array<ArrayBuffer>, orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = [
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    1,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  const exif = new TextEncoder().encode('Exif\0\0');
  const length = 2 + exif.length + tiff.length;
  const segment = [0xff, 0xe1, length >> 8, length & 255, ...exif, ...tiff];
  return Uint8Array.from([...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2)]);
}

afterEach(() => void vi.unstubAllGlobals());

describe('a JPEG decoded at a scale', () => {
  test('has the size of the file, fewer pixels, and looks the same', async () => {
    const photo = await fetched(photoUrl);
    const [scaled, exact] = [await prepared(photo, SCALED), await prepared(photo)];
    // 48 from 360 px: twice that is 96, of which 3/8 has 135 and 2/8 only 90.
    expect(scaled).toMatchObject({ full: { width: 480, height: 360 }, width: 180, isScaled: true });
    expect(exact).toMatchObject({ full: { width: 480, height: 360 }, width: 480, isScaled: false });
    const difference = meanDifference(scaled.pixels, exact.pixels);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(ALIKE);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is upright, whatever its orientation: %i', async (orientation) => {
    const photo = withOrientation(await fetched(photoUrl), orientation);
    const [scaled, exact] = [await prepared(photo, SCALED), await prepared(photo)];
    const [width, height] = orientation < 5 ? [480, 360] : [360, 480];
    expect(scaled).toMatchObject({ full: { width, height }, isScaled: true, isShownAlike: true });
    expect(exact).toMatchObject({ full: { width, height }, isScaled: false, isShownAlike: true });
    expect(meanDifference(scaled.pixels, exact.pixels)).toBeLessThan(ALIKE);
  });

  test('keeps its pixels while others are decoded, and closed more than once', async () => {
    const photo = await fetched(photoUrl);
    const blank = new OffscreenCanvas(480, 360);
    blank.getContext('2d')!.fillRect(0, 0, 480, 360);
    const black = new Uint8Array(await (await blank.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
    const pixelsOf = ({ read, width, height }: DecodedPicture) => read(0, 0, width, height).data.join();
    const alone = await decodePicture(photo, SCALED);
    const expected = pixelsOf(alone);
    alone.close();
    const first = await decodePicture(photo, SCALED);
    alone.close();
    const second = await decodePicture(black, SCALED);
    const third = await decodePicture(photo, SCALED);
    expect(pixelsOf(second)).not.toBe(expected);
    expect([first, third].map(pixelsOf)).toEqual([expected, expected]);
    for (const picture of [first, second, third]) picture.close();
  });

  test('of four inks has the same colours', async () => {
    const file = await fetched(cmykUrl);
    const half = { needed: () => 0.5 };
    const [scaled, exact] = [await prepared(file, half), await prepared(file)];
    expect([scaled.isScaled, exact.isScaled]).toEqual([true, false]);
    expect(meanDifference(scaled.pixels, exact.pixels)).toBeLessThan(ALIKE);
  });

  test.each(plainJson.coloured.filter(({ name }) => name.startsWith('JPEG')))(
    '$name changes no number, and its thumbnail shows its colours',
    async ({ file, stored, shown }) => {
      const picture = await decodePicture(bytesOf(file), { needed: () => 0.5 });
      expect(picture.isScaled).toBe(true);
      const { data, offset } = picture.read(6, 4, 1, 1);
      const small = (await picture.scaled(6, 4)).getContext('2d')!.getImageData(3, 2, 1, 1).data;
      picture.close();
      for (const channel of [0, 1, 2]) {
        expect(Math.abs(data[offset + channel]! - stored[channel]!)).toBeLessThan(4);
        expect(Math.abs(small[channel]! - shown![channel]!)).toBeLessThan(4);
      }
    },
  );

  test.each([0.1, 0.5, 0.95, 0.9999])(
    'of which only the part %f is there is refused as ever',
    async (part) => {
      const whole = await fetched(photoUrl);
      const cut = whole.slice(0, Math.floor(whole.length * part));
      await expect(decodePicture(cut, SCALED)).rejects.toMatchObject({
        name: 'PictureUnreadable',
        message: 'not a picture this browser can read: a JPEG picture whose end is missing',
      });
    },
  );

  test('whose data is damaged is taken or refused as a whole one is', async () => {
    const whole = await fetched(photoUrl);
    for (const at of [200, 700, 2000, 9000, whole.length - 400]) {
      const damaged = whole.slice();
      damaged.fill(0xff, at, at + 40);
      const name = (wanted?: Wanted) =>
        prepared(damaged, wanted).then(
          () => 'a picture',
          (error: unknown) => (error as Error).name,
        );
      expect([at, await name(SCALED)]).toEqual([at, await name()]);
    }
  });
});

describe('is decoded whole', () => {
  /** Bytes that are those of the exact way, made by it. */
  async function expectExact(wanted: Wanted): Promise<void> {
    const photo = await fetched(photoUrl);
    const [asked, exact] = [await prepared(photo, wanted), await prepared(photo)];
    expect(asked.isScaled).toBe(false);
    expect(differing(asked.pixels, exact.pixels)).toBe(0);
  }

  test('where no scale has the pixels that are needed', () => expectExact({ needed: () => 0.9 }));

  test('where the browser has no such decoder', async () => {
    vi.stubGlobal('ImageDecoder', undefined);
    await expectExact(SCALED);
  });

  test('where the decoder fails', async () => {
    vi.stubGlobal(
      'ImageDecoder',
      class {
        decode = () => Promise.reject(new Error('it fails'));
        close = () => undefined;
      },
    );
    await expectExact(SCALED);
  });

  test('where its pixels cannot be had', async () => {
    const { copyTo } = VideoFrame.prototype;
    VideoFrame.prototype.copyTo = () => Promise.reject(new DOMException('no', 'NotSupportedError'));
    try {
      await expectExact(SCALED);
    } finally {
      VideoFrame.prototype.copyTo = copyTo;
    }
  });

  test('if it is no JPEG', async () => {
    const data = new Uint8Array(400 * 300 * 3).map((_, i) => i);
    const png = new Uint8Array(encodePng({ width: 400, height: 300, channels: 3, data }));
    expect(await prepared(png, SCALED)).toMatchObject({ isScaled: false, width: 400 });
  });

  // Last: the decoder is not asked again.
  test('where the decoder scales nothing', async () => {
    const Decoder = ImageDecoder;
    let asked = 0;
    vi.stubGlobal(
      'ImageDecoder',
      class extends Decoder {
        constructor({ desiredWidth: _, desiredHeight: __, ...rest }: ImageDecoderInit) {
          super(rest);
          asked++;
        }
      },
    );
    await expectExact(SCALED);
    await expectExact(SCALED);
    expect(asked).toBe(1);
  });
});

describe('the image worker', () => {
  let worker: Worker;
  let api: Remote<ImageApi>;
  beforeAll(() => {
    worker = new Worker(new URL('../../workers/image.worker.ts', import.meta.url), { type: 'module' });
    api = wrap<ImageApi>(worker);
  });
  afterAll(() => worker.terminate());

  test('decodes at a scale only if it may, and says so', async () => {
    const photo = new Blob([await fetched(photoUrl)]);
    const exact = await api.prepare(photo, settings, 0);
    const scaled = await api.prepare(photo, settings, 0, 'scaled');
    if (!exact.ok || !scaled.ok) throw new Error('not prepared');
    expect([exact.decoding, scaled.decoding]).toEqual(['exact', 'scaled']);
    expect([scaled.width, scaled.height, scaled.key]).toEqual([480, 360, exact.key]);
    expect(meanDifference(scaled.pixels, exact.pixels)).toBeLessThan(ALIKE);
    const sample = await api.prepareSample(photo, settings);
    if (!sample.ok) throw new Error(sample.message);
    expect(differing(sample.pixels, exact.pixels)).toBe(0);
  });

  test('makes the thumbnail from the same frame', async () => {
    const canvas = new OffscreenCanvas(1603, 1201);
    const context = canvas.getContext('2d')!;
    const gradient = context.createLinearGradient(0, 0, 1603, 1201);
    for (const [at, colour] of ['#123', '#fc8', '#28f', '#fff'].entries())
      gradient.addColorStop(at / 3, colour);
    context.fillStyle = gradient;
    context.fillRect(0, 0, 1603, 1201);
    // Noise, so that the file is no thumbnail of its own.
    const noise = context.getImageData(0, 0, 1603, 1201);
    noise.data.forEach((value, at) => (noise.data[at] = value + ((Math.imul(at, 0x9e3779b1) >>> 26) - 32)));
    context.putImageData(noise, 0, 0);
    const file = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    const thumbnails = [];
    for (const decoding of ['exact', 'scaled'] as const) {
      const answer = await api.prepare(file, settings, 360, decoding);
      if (!answer.ok) throw new Error(answer.message);
      expect(answer).toMatchObject({ decoding, width: 1603, height: 1201 });
      const picture = await decodePicture(new Uint8Array(await answer.thumbnail!.arrayBuffer()));
      // The frame of 2/8, which is about as large, is taken as it is.
      expect([picture.width, picture.height]).toEqual(decoding === 'exact' ? [480, 360] : [401, 301]);
      const small = (await picture.scaled(120, 90)).getContext('2d')!.getImageData(0, 0, 120, 90);
      thumbnails.push(new Uint8Array(small.data));
      picture.close();
    }
    expect(meanDifference(thumbnails[0]!, thumbnails[1]!)).toBeLessThan(2);
  });

  test('makes the same of a picture, whichever was before it', async () => {
    const photo = await fetched(photoUrl);
    // A small file would be its own thumbnail; data behind a picture's end is ignored.
    const files = [photo, withOrientation(photo, 6), await fetched(cmykUrl)].map((file) =>
      Uint8Array.from([...file, ...new Uint8Array(SMALL_FILE)]),
    );
    // Each edge is another size of canvas, and each order leaves another picture on it.
    const answers = async () => {
      const all: unknown[] = [];
      for (const edge of [180, 90, 40]) {
        for (const file of [...files, ...files.toReversed()]) {
          const answer = await api.prepare(new Blob([file]), settings, edge, 'scaled');
          if (!answer.ok) throw new Error(answer.message);
          const thumbnail = new Uint8Array(await answer.thumbnail!.arrayBuffer());
          all.push([answer.pixels.join(), thumbnail.join()]);
        }
      }
      return all;
    };
    const first = await answers();
    expect(await answers()).toEqual(first);
    for (let at = 0; at < first.length; at += 6)
      expect(first.slice(at, at + 3)).toEqual(first.slice(at + 3, at + 6).toReversed());
  });
});
