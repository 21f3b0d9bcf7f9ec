import { describe, expect, test, vi } from 'vitest';
import { keyOfWords } from '../../../src/core/photo-key';
import { float16ToFloat32 } from '../../../src/formats/float16';
import { openIndexFile } from '../../../src/search/index-file/index-file';
import { MemoryFile } from './memory-file';
import { HEADER, RECORD, SMALL, filled, key, open, put, row, rowsOf } from './small-index';

/** The bytes of a file whose records are those of the test below, made by a program in another language. */
const GOLDEN = [
  '434c495053494458 01000000 03000000 01000000 0700 5669542dc3a921',
  '00'.repeat(252 - 29),
  '06f357a5',
  '01000000 000102030405060708090a0b0c0d0e0f 003c 00c0 0038 0000 048383a2',
  '01000000 ffffffffffffffffffffffffffffffff 662e ff7b 0080 0000 26e2af5e',
  '02000000 000102030405060708090a0b0c0d0e0f 0000 0000 0000 0000 06b346ec',
].join('');

describe('an index file', () => {
  test('has exactly these bytes', async () => {
    const file = new MemoryFile();
    const description = { model: 'ViT-é!', dim: 3 };
    const { index } = await open(file, description);
    const first = '000102030405060708090a0b0c0d0e0f';
    await index.append([
      [first, row(1, -2, 0.5)],
      ['f'.repeat(32), row(0.1, 65_504, -0)],
    ]);
    await index.append([], [first]);
    expect(Buffer.from(file.durable).toString('hex')).toBe(GOLDEN.replaceAll(' ', ''));
    const { rows } = await open(file, description);
    expect(rows).toEqual({ ['f'.repeat(32)]: [1638 / 16_384, 65_504, -0] });
  });

  test('reads back the last row of each photo, once', async () => {
    const file = new MemoryFile();
    const { index } = await open(file);
    await index.append([put(1), put(2), put(1, 1)]);
    await index.append([put(3), put(2, 1), put(4)], [key(3)]);
    await index.append([], [key(4)]);
    await index.append([put(4, 2)]);
    const expected = rowsOf([put(1, 1), put(2, 1), put(4, 2)]);
    expect([index.live, index.dead]).toEqual([3, 6]);
    const reopened = await open(file);
    expect(reopened).toMatchObject({ rows: expected, damaged: 0, cut: 0 });
    for (const each of [index, reopened.index]) {
      expect([each.live, each.dead]).toEqual([3, 6]);
      expect(each.has(key(4))).toBe(true);
      expect(each.has(key(3))).toBe(false);
      for (const [k, numbers] of Object.entries(expected)) {
        expect(await each.readRow(k)).toEqual(row(...numbers));
      }
      expect(await each.readRow(key(3))).toBeUndefined();
    }
  });

  test('tells rows of photos decoded at a scale from exact ones', async () => {
    const file = new MemoryFile();
    const { index } = await open(file);
    await index.append([put(1), [...put(2), 'scaled'], [...put(3), 'exact'], [...put(4), 'scaled']]);
    expect(await index.readRow(key(2))).toEqual(put(2)[1]);
    const exact = await open(file, SMALL, 'exact');
    expect(exact).toMatchObject({ rows: rowsOf([put(1), put(3)]), inexact: 2, damaged: 0 });
    expect([exact.index.live, exact.index.has(key(2))]).toEqual([2, false]);
    expect(await exact.index.readRow(key(2))).toBeUndefined();
    // Made again, exactly; the other is still there for the fast way.
    await exact.index.append([put(2, 1)]);
    expect((await open(file)).rows).toEqual(rowsOf([put(1), put(2, 1), put(3), put(4)]));
    expect(await open(file, SMALL, 'exact')).toMatchObject({
      rows: rowsOf([put(1), put(2, 1), put(3)]),
      inexact: 1,
    });
  });

  test('keeps how a photo was decoded when it is compacted', async () => {
    const [file, target] = [new MemoryFile(), new MemoryFile()];
    const { index } = await open(file);
    await index.append([[...put(1), 'scaled'], put(2)]);
    await index.compact(target);
    expect((await open(target)).rows).toEqual(rowsOf([put(1), put(2)]));
    expect((await open(target, SMALL, 'exact')).rows).toEqual(rowsOf([put(2)]));
  });

  test('rounds to float16 without depending on the other numbers of a row', async () => {
    const file = new MemoryFile();
    const { index } = await open(file);
    await index.append([[key(1), row(9, 0.1, 1 / 3, 2049, 9).subarray(1, 4)]]);
    expect(await index.readRow(key(1))).toEqual(row(1638 / 16_384, 1365 / 4096, 2048));
  });

  test('writes nothing if nothing changes', async () => {
    const file = await filled(2);
    const { index } = await open(file);
    file.onStep = () => expect.unreachable('the file is written to');
    await index.append([]);
    await index.append([], [key(7)]);
    expect(index.dead).toBe(0);
  });

  test('removes a key named twice only once', async () => {
    const file = await filled(2);
    const { index } = await open(file);
    await index.append([], [key(1), key(1)]);
    expect([index.live, index.dead]).toEqual([1, 2]);
    expect((await open(file)).index.dead).toBe(2);
  });

  test('writes all of an append at once', async () => {
    const file = await filled(2);
    const { index } = await open(file);
    const [write, flush] = [vi.spyOn(file, 'write'), vi.spyOn(file, 'flush')];
    await index.append([put(5), put(6)], [key(0)]);
    expect([write.mock.calls.length, flush.mock.calls.length]).toEqual([1, 1]);
  });

  test('rejects invalid keys, rows and non-finite numbers before writing a byte', async () => {
    const file = await filled(2);
    const { index } = await open(file);
    file.onStep = () => expect.unreachable('the file is written to');
    for (const [k, numbers] of [
      ['12', row(1, 2, 3)],
      ['G'.repeat(32), row(1, 2, 3)],
      ['A'.repeat(32), row(1, 2, 3)],
      [key(5), row(1, 2)],
      [key(5), row(1, NaN, 3)],
      [key(5), row(1, 2, -Infinity)],
      [key(5), row(65_520, 2, 3)],
    ] as const) {
      await expect(index.append([put(4), [k, numbers]])).rejects.toThrow(RangeError);
    }
    expect([index.live, index.dead]).toEqual([2, 0]);
    expect(index.has(key(4))).toBe(false);
  });

  test('may be longer than the read buffer', async () => {
    const [file, target] = [new MemoryFile(), new MemoryFile()];
    const description = { model: 'large', dim: 512 };
    const { index } = await openIndexFile(file, description);
    const keyOf = (n: number) => n.toString(16).padStart(32, '0');
    const rowOf = (n: number) => new Float32Array(512).fill(n % 2048);
    const numbers = Array.from({ length: 9000 }, (_, n) => n);
    await index.append(numbers.map((n) => [keyOf(n), rowOf(n)]));
    await index.append([[keyOf(4001), rowOf(5)]], numbers.filter((n) => n % 3 === 0).map(keyOf));
    await index.compact(target);
    for (const each of [file, target]) {
      const told = new Map<string, number>();
      const { damaged, cut } = await openIndexFile(each, description, (words, halves) => {
        expect(new Set(halves).size).toBe(1);
        told.set(keyOfWords(words), float16ToFloat32(halves)[511]!);
      });
      expect([damaged, cut, told.size]).toEqual([0, 0, 6000]);
      for (const n of numbers) {
        expect(told.get(keyOf(n))).toBe(n % 3 === 0 ? undefined : n === 4001 ? 5 : n % 2048);
      }
    }
  });
});

describe('a compacted index', () => {
  test('has only the live rows, in order, and can be extended', async () => {
    const [file, target] = [await filled(6), new MemoryFile(new Uint8Array(5000).fill(7))];
    const { index } = await open(file);
    await index.append([put(1, 1)], [key(3)]);
    const before = file.bytes;
    const compacted = await index.compact(target);
    expect(file.bytes).toEqual(before);
    expect([compacted.live, compacted.dead]).toEqual([5, 0]);

    const anew = new MemoryFile();
    await (await open(anew)).index.append([put(0), put(2), put(4), put(5), put(1, 1)]);
    expect(target.durable).toEqual(anew.bytes);

    await compacted.append([put(9)], [key(0)]);
    const expected = rowsOf([put(1, 1), put(2), put(4), put(5), put(9)]);
    expect(await compacted.readRow(key(1))).toEqual(put(1, 1)[1]);
    expect((await open(target)).rows).toEqual(expected);
  });

  test('may be empty', async () => {
    const [file, target] = [await filled(1), new MemoryFile()];
    const { index } = await open(file);
    await index.append([], [key(0)]);
    expect((await index.compact(target)).live).toBe(0);
    expect(target.getSize()).toBe(HEADER);
    expect((await open(target)).rows).toEqual({});
  });

  test('drops a row that was damaged meanwhile', async () => {
    const [file, target] = [await filled(3), new MemoryFile()];
    const { index } = await open(file);
    file.write(Uint8Array.of(99), { at: HEADER + RECORD + 25 });
    const compacted = await index.compact(target);
    expect(compacted.has(key(1))).toBe(false);
    expect((await open(target)).rows).toEqual(rowsOf([put(0), put(2)]));
  });

  test('does not exist if any step of writing it fails', async () => {
    // It truncates, writes the rows, flushes, writes the header, flushes.
    for (let failing = 1; failing <= 5; failing += 1) {
      const [file, target] = [await filled(3), new MemoryFile()];
      const { index } = await open(file);
      let steps = 0;
      target.onStep = () => {
        steps += 1;
        if (steps === failing) throw new DOMException('No room', 'QuotaExceededError');
      };
      await expect(index.compact(target)).rejects.toMatchObject({ name: 'StorageFull' });
      expect(target.getSize()).toBe(0);
      expect([index.live, index.dead]).toEqual([3, 0]);
      expect((await open(file)).rows).toEqual(rowsOf([put(0), put(1), put(2)]));
    }
  });

  test('never overwrites the file it comes from', async () => {
    const file = await filled(3);
    const { index } = await open(file, SMALL);
    await expect(index.compact(file)).rejects.toThrow(RangeError);
    expect((await open(file)).index.live).toBe(3);
  });
});
