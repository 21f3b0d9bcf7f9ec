import { expect, test } from 'vitest';
import { upright } from '../../tools/conformance/fixture-picture';

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
