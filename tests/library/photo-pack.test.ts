import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOfWords } from '../../src/core/photo-key';
import {
  PACK_IDS,
  contentAt,
  countOf,
  packed,
  photoIn,
  placeIn,
  unpacked,
} from '../../src/library/photo-pack';
import { anyPhoto } from './photo-records';

const NUMBER = 3;

const photos = fc.uniqueArray(
  anyPhoto(fc.integer({ min: NUMBER * PACK_IDS, max: (NUMBER + 1) * PACK_IDS - 1 })),
  {
    selector: ({ id }) => id,
    maxLength: 20,
  },
);

describe('a pack', () => {
  test('gives back every photo as it was, by ascending id, also after it was kept', () => {
    fc.assert(
      fc.property(photos, (records) => {
        const pack = packed(NUMBER, records);
        const sorted = records.toSorted((a, b) => a.id - b.id);
        for (const each of [pack, structuredClone(pack)]) {
          expect(unpacked(each)).toStrictEqual(sorted);
          expect([each.number, countOf(each)]).toEqual([NUMBER, records.length]);
          for (const photo of records) expect(photoIn(each, photo.id)).toStrictEqual(photo);
        }
        const missing =
          NUMBER * PACK_IDS +
          [...Array(21).keys()].find((at) => !sorted.some(({ id }) => id % PACK_IDS === at))!;
        expect(photoIn(pack, missing)).toBeUndefined();
      }),
    );
  });

  test('has in columns what most photos have, and by itself what is hidden, bad or has a handle', () => {
    const plain = { id: 0, folder: 1, path: 'a.jpg', bytes: 1, modified: 2 };
    const read = { ...plain, id: 2, key: 'ab'.repeat(16), width: 4, height: 3, taken: 5, camera: 'A' };
    const pack = packed(0, [read, plain, { ...plain, id: 1, hidden: true }, { ...plain, id: 7, bad: '' }]);
    expect([...pack.ids]).toEqual([0, 2]);
    expect(pack.others.map(({ id }) => id)).toEqual([1, 7]);
    expect([0, 1, 2, 7].map((id) => placeIn(pack, id))).toEqual([0, undefined, 1, undefined]);
    expect(contentAt(pack, 0)).toBeUndefined();
    expect(keyOfWords(contentAt(pack, 1)!)).toBe(read.key);
  });
});
