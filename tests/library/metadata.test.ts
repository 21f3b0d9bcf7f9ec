import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../src/library/metadata';
import type { Metadata } from '../../src/library/records';
import oddJson from '../fixtures/metadata/odd.json';

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

/** Odd EXIF, each a whole file in hexadecimal, and what exiftool reads in it: `tools/oracles/odd_metadata.py`. */
const odd = oddJson as unknown as {
  readonly dates: Readonly<Record<string, { readonly taken: number | null; readonly file: string }>>;
  readonly places: readonly {
    readonly written: unknown;
    readonly place: readonly [number, number] | null;
    readonly file: string;
  }[];
};

function metadataOfHex(hex: string) {
  return readMetadata(new Uint8Array(Buffer.from(hex, 'hex')).buffer);
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

test.each(['jpg', 'heic', 'avif', 'webp', 'png', 'jxl'])(
  'reads XMP where xmp.%s has nothing else',
  async (end) => {
    expect(await metadataOf(`xmp.${end}`)).toEqual(VESPER);
  },
);

test('reads the date of IPTC where a photo has nothing else', async () => {
  expect(await metadataOf('iptc.jpg')).toEqual({ taken: VESPER.taken });
});

describe('reads keywords', () => {
  /** Written by `tests/fixtures/metadata/make_keywords.py`. */
  const KEYWORDS = {
    'keywords.jpg': ['beach', 'strand', 'two dogs', 'North Sea'],
    'keywords-one.jpg': ['only one'],
    'keywords-utf8.jpg': ['Käfer', '甲虫'],
    'keywords-latin.jpg': ['Käfer'],
    'keywords.png': ['beach', 'a, comma'],
  };
  test.each(Object.entries(KEYWORDS))('of %s, each once', async (name, keywords) => {
    expect((await metadataOf(name)).keywords).toEqual(keywords);
  });

  test('and no more than a hundred, none longer than a hundred characters', async () => {
    const { keywords = [], ...rest } = await metadataOf('keywords-many.jpg');
    expect(keywords).toHaveLength(100);
    expect(keywords[0]).toBe('long '.repeat(60).slice(0, 100));
    expect(keywords[99]).toBe('keyword 98');
    expect(rest).toEqual(await metadataOf('phone.jpg'));
  });
});

describe('reads what exiftool does', () => {
  for (const [date, { taken, file }] of Object.entries(odd.dates)) {
    test(`of the date "${date}"`, async () => {
      expect(await metadataOfHex(file)).toEqual(taken === null ? {} : { taken });
    });
  }

  for (const { written, place, file } of odd.places) {
    test(`of the place ${JSON.stringify(written)}`, async () => {
      const [latitude, longitude] = (place ?? []).map((degrees) => expect.closeTo(degrees, 10) as unknown);
      expect(await metadataOfHex(file)).toEqual(place ? { place: { latitude, longitude } } : {});
    });
  }
});

test('reads what JPEG XL holds compressed where the browser has Brotli', async () => {
  expect(await metadataOf('encoder.jxl')).toEqual(hasBrotli() ? VESPER : {});
});

// A part that means nothing, as large as a picture's data, put in before the part that begins at the EXIF's name.
const LARGE = Buffer.alloc(1_000_000);
// In JPEG a part has 65,533 bytes at most (ITU-T T.81, B.1.1.4).
const LARGE_SEGMENTS = Array.from({ length: 15 }, () => [
  Buffer.from([0xff, 0xe2, 0xff, 0xff]),
  LARGE.subarray(0, 65_533),
]).flat();
const size = (order: 'LE' | 'BE', bytes: number) => {
  const written = Buffer.alloc(4);
  written[`writeUInt32${order}`](bytes);
  return written;
};

test.each([
  ['exiftool.jpg', '\xff\xe1', 0, LARGE_SEGMENTS],
  ['exiftool.webp', 'EXIF', 0, [Buffer.from('JUNK'), size('LE', LARGE.length), LARGE]],
  ['exiftool.png', 'eXIf', 4, [size('BE', LARGE.length), Buffer.from('juNk'), LARGE, size('BE', 0)]],
  ['exiftool.jxl', 'Exif', 4, [size('BE', LARGE.length + 8), Buffer.from('free'), LARGE]],
] as const)('reads EXIF that lies far inside %s', async (name, part, ahead, large) => {
  const bytes = Buffer.from(await bytesOf(name));
  const at = bytes.indexOf(part, 0, 'latin1') - ahead;
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

describe('within bounds', () => {
  const entry = (tag: number, type: number, count: number, value: number) => {
    const written = Buffer.alloc(12);
    written.writeUInt16LE(tag, 0);
    written.writeUInt16LE(type, 2);
    written.writeUInt32LE(count, 4);
    written.writeUInt32LE(value, 8);
    return written;
  };
  /** A JPEG file whose first directory has these entries, before `after`. */
  const jpegOf = (entries: readonly Buffer[], after = Buffer.alloc(0)) => {
    const count = Buffer.from([entries.length & 255, entries.length >> 8]);
    const exif = [Buffer.from('Exif\0\0II*\0\x08\0\0\0'), count, ...entries, Buffer.alloc(4)];
    const length = Buffer.alloc(2);
    length.writeUInt16BE(exif.reduce((sum, part) => sum + part.length, 2));
    return new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe1]), length, ...exif, after]))
      .buffer;
  };
  const text = Buffer.alloc(2_000_000, 'A');

  test('a value that claims to be as long as the file is not read', async () => {
    expect(await readMetadata(jpegOf([entry(271, 2, 1_900_000, 40)], text))).toEqual({});
  });

  test('thousands of values that claim so are not', async () => {
    const entries = Array.from({ length: 5000 }, () => entry(271, 2, 1_900_000, 40));
    expect(await readMetadata(jpegOf(entries, text))).toEqual({});
  });

  test('directories that contain themselves end', async () => {
    const pointers = [0x8769, 0x8825, 0xa005].map((tag) => entry(tag, 4, 1, 8));
    expect(await readMetadata(jpegOf([entry(271, 2, 2, 0x41), ...pointers]))).toEqual({ camera: 'A' });
  });

  test('EXIF among thousands of other blocks is not looked for', async () => {
    const bytes = Buffer.from(await bytesOf('exiftool.png'));
    const at = bytes.indexOf('eXIf') - 4;
    const block = Buffer.concat([size('BE', 3), Buffer.from('tEXta\0b'), size('BE', 0)]);
    const many = Array.from({ length: 2001 }, () => block);
    const late = Buffer.concat([bytes.subarray(0, at), ...many, bytes.subarray(at)]);
    expect(await readMetadata(new Uint8Array(late).buffer)).toEqual({});
  });
});

test.each(['one-pixel.png', 'text.jpg', 'empty.jpg', 'truncated.jpg', 'picture.avif', 'drawing.svg'])(
  'finds nothing in %s',
  async (name) => {
    expect(await metadataOf(name, 'pictures')).toEqual({});
  },
);
