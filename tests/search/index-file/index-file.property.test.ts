import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PhotoKey } from '../../../src/core/photo-key';
import { MemoryFile } from './memory-file';
import { HEADER, RECORD, key, open, put, type Rows } from './small-index';

/** Photos 0 to 5: few, so that the same ones come again. */
const photo = fc.nat(5);
const changes = fc.record({
  puts: fc.array(fc.tuple(photo, fc.nat(15)), { maxLength: 5 }),
  removes: fc.array(photo, { maxLength: 3 }),
});

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), changes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('compact' as const) }) },
  // The visit ends while `changes` are written, when this part of them has reached the file.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('crash' as const), changes, part: fc.nat(1000) }) },
  // Writing fails when this part of `changes` has reached the file.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), changes, part: fc.nat(1000) }) },
);

type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;
type Model = Map<PhotoKey, number[]>;

/** `changes` as `append` takes them. */
const given = ({ puts, removes }: Changes) =>
  [puts.map(([n, version]) => put(n, version)), removes.map(key)] as const;

/** What each record of `changes` does to a model, one after another. */
function effects(model: Model, { puts, removes }: Changes): ((model: Model) => void)[] {
  const rows = puts.map(([n, version]) => put(n, version));
  const known = new Set([...model.keys(), ...rows.map(([k]) => k)]);
  return [
    ...rows.map(
      ([k, row]) =>
        (into: Model) =>
          void into.set(k, [...row]),
    ),
    ...[...new Set(removes.map(key))]
      .filter((k) => known.has(k))
      .map((k) => (into: Model) => void into.delete(k)),
  ];
}

test('an index behaves like a map, whatever happens to its file after the last flush', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const model: Model = new Map();
      let file = new MemoryFile();
      let { index } = await open(file);

      const check = (rows: Rows) => {
        expect(rows).toEqual(Object.fromEntries(model));
        expect(index.live).toBe(model.size);
      };
      const reopen = async () => {
        const opened = await open(file);
        ({ index } = opened);
        expect(opened.damaged).toBe(0);
        check(opened.rows);
        return opened;
      };

      for (const each of steps) {
        seen.add(each.do);
        if (each.do === 'append') {
          const done = effects(model, each.changes);
          await index.append(...given(each.changes));
          done.forEach((effect) => effect(model));
        } else if (each.do === 'compact') {
          const target = new MemoryFile();
          index = await index.compact(target);
          file = target;
          expect(index.dead).toBe(0);
          expect(file.getSize()).toBe(HEADER + model.size * RECORD);
        } else if (each.do === 'crash') {
          const done = effects(model, each.changes);
          const before = file.getSize();
          await index.append(...given(each.changes));
          const arrived = Math.floor((each.part / 1000) * (file.getSize() - before));
          file = new MemoryFile(file.bytes.subarray(0, before + arrived));
          const whole = Math.floor(arrived / RECORD);
          done.slice(0, whole).forEach((effect) => effect(model));
          expect((await reopen()).cut).toBe(arrived - whole * RECORD);
        } else if (each.do === 'fail') {
          const done = effects(model, each.changes);
          const before = file.bytes;
          let isFirst = true;
          file.write = (bytes, { at }) => {
            if (!isFirst) throw new DOMException('No room', 'QuotaExceededError');
            isFirst = false;
            const part = Math.floor((each.part / 1000) * bytes.length);
            const less = Math.min(bytes.length - 1, Math.max(1, part));
            return MemoryFile.prototype.write.call(file, bytes.subarray(0, less), { at });
          };
          const outcome = index.append(...given(each.changes));
          if (done.length === 0) await outcome;
          else await expect(outcome).rejects.toMatchObject({ name: 'StorageFull' });
          file.write = (...args) => MemoryFile.prototype.write.apply(file, args);
          expect(file.bytes).toEqual(before);
        } else {
          await reopen();
        }
        for (const [k, numbers] of model) expect(await index.readRow(k)).toEqual(Float32Array.from(numbers));
        expect(index.live + index.dead).toBe((file.getSize() - HEADER) / RECORD);
      }
      await reopen();
    }),
    { numRuns: 300 },
  );
  expect([...seen].sort()).toEqual(['append', 'compact', 'crash', 'fail', 'reopen']);
});
