import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { preprocess } from '../../src/image/preprocess';
import {
  fixturePicture,
  fixtureSettings,
  upright,
  type FixtureIndex,
} from '../../tools/conformance/fixture-picture';
import kindsJson from '../fixtures/picture-kinds/preprocess/index.json';

/** What Pillow's `ImageOps.exif_transpose` makes of the pixels 0 1 2 / 3 4 5. */
const golden: [orientation: number | null, width: number, height: number, pixels: number[]][] = [
  [null, 3, 2, [0, 1, 2, 3, 4, 5]],
  [1, 3, 2, [0, 1, 2, 3, 4, 5]],
  [2, 3, 2, [2, 1, 0, 5, 4, 3]],
  [3, 3, 2, [5, 4, 3, 2, 1, 0]],
  [4, 3, 2, [3, 4, 5, 0, 1, 2]],
  [5, 2, 3, [0, 3, 1, 4, 2, 5]],
  [6, 2, 3, [3, 0, 4, 1, 5, 2]],
  [7, 2, 3, [5, 2, 4, 1, 3, 0]],
  [8, 2, 3, [2, 5, 1, 4, 0, 3]],
];

test.each(golden)(
  'EXIF orientation %s is turned as Pillow turns it',
  (orientation, width, height, pixels) => {
    const data = Uint8Array.of(0, 1, 2, 3, 4, 5);
    const turned = upright({ width: 3, height: 2, channels: 1, data }, orientation);
    expect(turned).toMatchObject({ width, height });
    expect([...turned.data]).toEqual(pixels);
  },
);

/** Written by tools/oracles/picture_kinds.py. */
const kinds = kindsJson as unknown as FixtureIndex;

async function readKind(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await readFile(new URL(`../fixtures/picture-kinds/preprocess/${path}`, import.meta.url)),
  );
}

describe("what Pillow makes of a file's kind, OpenCLIP makes of it", () => {
  /** The same index without Pillow's decoding: PNG files are then decoded here. Not interlaced ones of few bits. */
  const undecoded: FixtureIndex = {
    ...kinds,
    images: Object.fromEntries(
      Object.entries(kinds.images)
        .filter(([name, { format }]) => format === 'PNG' && !/[124]bit-interlaced/.test(name))
        .map(([name, image]) => [name, { ...image, decoded: null }]),
    ),
  };
  test('there are pictures', () => {
    expect([Object.keys(kinds.images).length, Object.keys(undecoded.images).length]).toEqual([22, 11]);
  });

  for (const [index, how] of [
    [kinds, 'decoded by Pillow'],
    [undecoded, 'decoded here'],
  ] as const) {
    for (const entry of index.cases.filter(({ image }) => index.images[image])) {
      test(`${entry.image}, ${entry.resize_mode}, ${how}`, async () => {
        const bytes = preprocess(await fixturePicture(index, entry, readKind), fixtureSettings(index, entry));
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
      });
    }
  }
});
