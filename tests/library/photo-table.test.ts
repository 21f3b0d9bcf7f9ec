import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PACK_IDS, countOf, packed, unpacked } from '../../src/library/photo-pack';
import { stateOf } from '../../src/library/photo-state';
import { PhotoTable, numberOf } from '../../src/library/photo-table';
import type { PhotoRecord } from '../../src/library/records';
import { anyPhoto } from './photo-records';

const id = fc.oneof(
  fc.nat(5),
  fc.integer({ min: PACK_IDS - 2, max: PACK_IDS + 2 }),
  fc.constant(5 * PACK_IDS),
);
const step = fc.oneof(anyPhoto(id), id);

test('says the same as a map, whatever was packed before and has changed since', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyPhoto(id), { selector: (photo) => photo.id }),
      fc.array(step),
      (before, steps) => {
        const map = new Map<number, PhotoRecord>(before.map((photo) => [photo.id, photo]));
        const table = new PhotoTable();
        const numbers = new Set(before.map((photo) => numberOf(photo.id)));
        table.take(
          [...numbers].map((number) =>
            packed(
              number,
              before.filter((photo) => numberOf(photo.id) === number),
            ),
          ),
        );
        for (const each of steps) {
          if (typeof each === 'number') {
            table.delete(each);
            map.delete(each);
          } else {
            table.set(each);
            map.set(each.id, each);
          }
          const sorted = [...map.values()].sort((a, b) => a.id - b.id);
          expect(table.size).toBe(map.size);
          expect([...table.values()]).toStrictEqual(sorted);
          expect(table.packsFrom(2, Infinity).flatMap(unpacked)).toStrictEqual(
            sorted.filter((photo) => photo.id >= 2),
          );
          expect(table.packsFrom(0, 1).length).toBe(map.size === 0 ? 0 : 1);
          const contents = table.contents();
          for (const photo of sorted) {
            expect(table.get(photo.id)).toStrictEqual(photo);
            expect(table.has(photo.id)).toBe(true);
            expect(table.isShown(photo.id)).toBe(stateOf(photo) === 'shown');
            const alike = sorted.filter(({ key }) => key === photo.key && /^[\da-f]{32}$/.test(key ?? ''));
            expect(new Set(contents.of(photo.key ?? ''))).toEqual(new Set(alike.map((other) => other.id)));
          }
          expect([table.has(4000), table.get(4000), table.isShown(4000)]).toEqual([false, undefined, false]);
          expect(countOf(table.pack(9))).toBe(0);
        }
      },
    ),
  );
});
