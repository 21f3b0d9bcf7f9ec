import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from '../../src/core/id-table';

test('says the same as a map', () => {
  const id = fc.oneof(fc.nat(20), fc.nat(10_000), fc.constantFrom(4095, 4096, 2 ** 31 - 1));
  const step = fc.record({ id, value: fc.option(fc.nat(2 ** 31 - 1)) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const table = new IdTable();
      const map = new Map<number, number>();
      for (const { id, value } of steps) {
        if (value === null) expect(table.delete(id)).toBe(map.delete(id));
        else {
          table.set(id, value);
          map.set(id, value);
        }
        expect([table.size, table.get(id)]).toEqual([map.size, map.get(id)]);
      }
      for (const { id } of steps) expect(table.get(id)).toBe(map.get(id));
    }),
  );
  const none = new IdTable();
  for (const id of [-1, 0.5, NaN]) expect([none.get(id), none.delete(id)]).toEqual([undefined, false]);
});
