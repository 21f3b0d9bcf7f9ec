import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContentIds } from '../../src/library/content-ids';

const KEYS = ['0', '1', 'f'].map((digit) => digit.repeat(32));

test('knows the photos of each content, as a map of sets does', () => {
  const step = fc.record({ key: fc.constantFrom(...KEYS), id: fc.nat(6), isGone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const ids = new ContentIds();
      const sets = new Map(KEYS.map((key) => [key, new Set<number>()]));
      for (const { key, id, isGone } of steps) {
        if (isGone) ids.delete(key, id);
        else ids.add(key, id);
        if (isGone) sets.get(key)!.delete(id);
        else sets.get(key)!.add(id);
        for (const [each, set] of sets) {
          expect(ids.of(each)).toEqual([...set]);
          expect(ids.has(each)).toBe(set.size > 0);
        }
      }
    }),
  );
});

test('a key that is none belongs to no photo', () => {
  const ids = new ContentIds();
  ids.add('damaged', 1);
  ids.delete('damaged', 1);
  expect([ids.has('damaged'), ids.of('damaged')]).toEqual([false, []]);
});
