import { describe, expect, test } from 'vitest';
import { openIndexPair, type IndexPair } from '../../../src/search/index-file/index-pair';
import { MemoryFile } from './memory-file';
import {
  HEADER,
  RECORD,
  SMALL,
  collect,
  filled,
  flipped,
  key,
  open,
  put,
  rowsOf,
  type Rows,
} from './small-index';

type Files = [MemoryFile, MemoryFile];

async function openPair(files: Files, description = SMALL) {
  const rows: Rows = {};
  return { ...(await openIndexPair(files, description, collect(rows))), rows };
}

/** Two files of which the first holds photos 0 to 3, photo 1 replaced and photo 2 removed. */
async function busy(): Promise<{ files: Files; index: IndexPair }> {
  const files: Files = [new MemoryFile(), new MemoryFile()];
  const { index } = await openPair(files);
  await index.append([put(0), put(1), put(2), put(3)]);
  await index.append([put(1, 1)], [key(2)]);
  return { files, index };
}

const LEFT = rowsOf([put(0), put(1, 1), put(3)]);

/** What a visit leaves in each file when it ends after `steps` of `work`: all that was written, or what was flushed. */
async function endAfter(
  files: Files,
  steps: number,
  work: () => Promise<void>,
): Promise<{ ended: boolean; left: Files[] }> {
  let taken = 0;
  for (const file of files) {
    file.onStep = () => {
      taken += 1;
      if (taken > steps) throw new Error('The visit has ended');
    };
  }
  const ended = await work().then(
    () => false,
    () => true,
  );
  const [a, b] = files;
  const left = [a.bytes, a.durable].flatMap((x) =>
    [b.bytes, b.durable].map((y): Files => [new MemoryFile(x), new MemoryFile(y)]),
  );
  return { ended, left };
}

describe('two files', () => {
  test('hold one index, which alternates between them', async () => {
    const { files, index } = await busy();
    expect([index.live, index.dead]).toEqual([3, 3]);
    for (let round = 0; round < 3; round += 1) {
      await index.compact();
      expect([index.live, index.dead]).toEqual([3, 0]);
      expect(new Set(files.map((file) => file.durable.length))).toEqual(new Set([0, HEADER + 3 * RECORD]));
      expect(await index.readRow(key(1))).toEqual(put(1, 1)[1]);
      await index.append([put(9)]);
      await index.append([], [key(9)]);
      expect(index.has(key(9))).toBe(false);
      for (const both of [files, files.toReversed() as Files]) {
        const copies = both.map((file) => new MemoryFile(file.bytes)) as Files;
        expect(await openPair(copies)).toMatchObject({ rows: LEFT, damaged: 0, cut: 0 });
      }
    }
  });

  test('receive writes made during a compaction after it', async () => {
    const { files, index } = await busy();
    await Promise.all([index.compact(), index.append([put(8)]), index.compact(), index.append([put(9)])]);
    const expected = { ...LEFT, ...rowsOf([put(8), put(9)]) };
    expect([index.live, index.dead]).toEqual([5, 0]);
    expect((await openPair(files)).rows).toEqual(expected);
  });

  test('hold the same rows wherever a compaction is cut short, and rows appended next', async () => {
    let steps = 0;
    for (let ended = true; ended; steps += 1) {
      const { files, index } = await busy();
      const end = await endAfter(files, steps, () => index.compact());
      ended = end.ended;
      for (const left of end.left) {
        const { index: again, rows } = await openPair(left);
        expect(rows).toEqual(LEFT);
        expect(left.filter((file) => file.getSize() > 0)).toHaveLength(1);
        await again.append([put(7)], [key(0)]);
        const { rows: next } = await openPair(left);
        expect(next).toEqual(rowsOf([put(1, 1), put(3), put(7)]));
      }
    }
    // Two of the new file's steps are flushes, two of the old one's empty it.
    expect(steps).toBeGreaterThan(6);
  });

  test('hold rows appended after a compaction failed at any step', async () => {
    for (let steps = 0, failed = true; failed; steps += 1) {
      for (const lasting of [1, 2, 3]) {
        const { files, index } = await busy();
        let taken = 0;
        for (const file of files) {
          file.onStep = () => {
            taken += 1;
            if (taken > steps && taken <= steps + lasting) throw new Error('Not now');
          };
        }
        failed = await index.compact().then(
          () => false,
          () => true,
        );
        for (const file of files) file.onStep = () => undefined;
        expect(index.live).toBe(3);
        // More than was dead: the new file becomes the longer one.
        const more = [put(5), put(6), put(7), put(8), put(9)];
        await index.append(more, [key(0)]);
        const expected = rowsOf([put(1, 1), put(3), ...more]);
        for (const [k, numbers] of Object.entries(expected)) {
          expect(await index.readRow(k)).toEqual(Float32Array.from(numbers));
        }
        const durable = files.map((file) => new MemoryFile(file.durable)) as Files;
        expect((await openPair(durable)).rows).toEqual(expected);
      }
    }
  });

  test('are left unchanged if the index is unreadable', async () => {
    const damaged = new MemoryFile(flipped((await filled(4)).bytes, 100));
    const part = new MemoryFile(new Uint8Array(HEADER + RECORD));
    for (const files of [
      [damaged, part],
      [part, damaged],
      [damaged, new MemoryFile()],
    ] satisfies Files[]) {
      const before = files.map((file) => file.bytes);
      await expect(openPair(files)).rejects.toMatchObject({ name: 'IndexUnreadable' });
      expect(files.map((file) => file.bytes)).toEqual(before);
    }
    const other: Files = [await filled(2), new MemoryFile()];
    await expect(openPair(other, { model: 'other', dim: 3 })).rejects.toMatchObject({
      name: 'IndexUnreadable',
    });
    expect((await open(other[0])).index.live).toBe(2);
  });

  test('start over if either was cut short at creation', async () => {
    for (const sizes of [
      [0, 0],
      [100, 0],
      [0, 256],
    ] as const) {
      const files = sizes.map((size) => new MemoryFile(new Uint8Array(size))) as Files;
      const { index } = await openPair(files);
      await index.append([put(1)]);
      expect((await openPair(files)).rows).toEqual(rowsOf([put(1)]));
    }
  });
});
