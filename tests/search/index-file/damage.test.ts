import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { seal } from '../../../src/search/index-file/record';
import { MemoryFile } from './memory-file';
import { HEADER, RECORD, filled, flipped, key, open, put, rowsOf } from './small-index';

const first = (count: number) => rowsOf(Array.from({ length: count }, (_, n) => put(n)));

describe('a file cut short', () => {
  test('at any byte of its last two records opens up to the last intact one, and can be extended', async () => {
    const { bytes } = await filled(4);
    for (let length = HEADER + 2 * RECORD; length <= bytes.length; length += 1) {
      const file = new MemoryFile(bytes.subarray(0, length));
      const whole = Math.floor((length - HEADER) / RECORD);
      const { index, rows, damaged, cut } = await open(file);
      expect(rows).toEqual(first(whole));
      expect([damaged, cut]).toEqual([0, length - HEADER - whole * RECORD]);
      expect(file.getSize()).toBe(HEADER + whole * RECORD);
      await index.append([put(9)], [key(0)]);
      const { [key(0)]: _, ...others } = first(whole);
      expect(await open(file)).toMatchObject({
        rows: { ...others, ...rowsOf([put(9)]) },
        damaged: 0,
        cut: 0,
      });
    }
  });

  test('or extended by unwritten bytes opens the same way', async () => {
    for (const filler of [0, 0xff, 1]) {
      const { bytes } = await filled(3);
      const longer = new Uint8Array(bytes.length + 5 * RECORD + 7).fill(filler);
      longer.set(bytes);
      const file = new MemoryFile(longer);
      expect(await open(file)).toMatchObject({ rows: first(3), damaged: 0, cut: 5 * RECORD + 7 });
      expect(file.bytes).toEqual(bytes);
    }
  });
});

describe('a turned bit', () => {
  test('in a middle record loses only that record', async () => {
    const { bytes } = await filled(4);
    const others = rowsOf([put(0), put(2), put(3)]);
    for (let bit = 0; bit < 8 * RECORD; bit += 1) {
      const file = new MemoryFile(flipped(bytes, 8 * (HEADER + RECORD) + bit));
      const { index, ...opened } = await open(file);
      expect(opened).toEqual({ rows: others, damaged: 1, inexact: 0, cut: 0 });
      expect([index.live, index.dead, index.has(key(1))]).toEqual([3, 1, false]);
      expect(file.getSize()).toBe(bytes.length);
    }
  });

  test('in the last record cuts it off', async () => {
    const { bytes } = await filled(4);
    for (let bit = 0; bit < 8 * RECORD; bit += 1) {
      const file = new MemoryFile(flipped(bytes, 8 * (HEADER + 3 * RECORD) + bit));
      expect(await open(file)).toMatchObject({ rows: first(3), damaged: 0, cut: RECORD });
      expect(file.bytes).toEqual(bytes.subarray(0, -RECORD));
    }
  });

  test('in a replaced row, or in its replacement, leaves the photo one of its rows', async () => {
    const file = await filled(2);
    const { index } = await open(file);
    await index.append([put(0, 1), put(5)]);
    for (const [record, version] of [
      [0, 1],
      [2, 0],
    ] as const) {
      const damaged = new MemoryFile(flipped(file.bytes, 8 * (HEADER + record * RECORD) + 50));
      const { rows } = await open(damaged);
      expect(rows).toEqual(rowsOf([put(0, version), put(1), put(5)]));
    }
  });

  test('is detected when the row is read later', async () => {
    const file = await filled(3);
    const { index } = await open(file);
    file.write(Uint8Array.of(99), { at: HEADER + RECORD + 25 });
    await expect(index.readRow(key(1))).rejects.toMatchObject({
      name: 'IndexUnreadable',
      message: `The row of ${key(1)} at byte ${HEADER + RECORD} of the index is damaged`,
    });
    expect(await index.readRow(key(2))).toEqual(put(2)[1]);
  });

  test('does not survive compaction', async () => {
    const { bytes } = await filled(4);
    const [file, target] = [new MemoryFile(flipped(bytes, 8 * (HEADER + RECORD) + 99)), new MemoryFile()];
    const { index } = await open(file);
    const compacted = await index.compact(target);
    expect([compacted.live, compacted.dead]).toEqual([3, 0]);
    expect(await open(target)).toMatchObject({ rows: rowsOf([put(0), put(2), put(3)]), damaged: 0 });
  });
});

test('a record in the place of another is invalid', async () => {
  const { bytes } = await filled(5);
  const at = (n: number) => HEADER + n * RECORD;
  const swapped = Uint8Array.from(bytes);
  swapped.set(bytes.subarray(at(1), at(2)), at(3));
  swapped.set(bytes.subarray(at(3), at(4)), at(1));
  expect(await open(new MemoryFile(swapped))).toMatchObject({
    rows: rowsOf([put(0), put(2), put(4)]),
    damaged: 2,
  });
  const repeated = new Uint8Array(bytes.length + RECORD);
  repeated.set(bytes);
  repeated.set(bytes.subarray(at(4)), bytes.length);
  expect(await open(new MemoryFile(repeated))).toMatchObject({ rows: first(5), cut: RECORD });
});

/** What a disk, a crash or another program may do to a part of a file, by fractions of its length. */
const spoiling = fc.record({
  how: fc.constantFrom('zeros' as const, 'noise' as const, 'copy' as const, 'cut' as const),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 600 })),
  noise: fc.uint8Array({ minLength: 600, maxLength: 600 }),
});

test('no damage to any part of the records passes for a row, and all that is lost is counted', async () => {
  const count = 40;
  const { bytes } = await filled(count);
  const seen = { lost: 0, told: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(spoiling, { minLength: 1, maxLength: 3 }), async (parts) => {
      let spoilt = Uint8Array.from(bytes);
      for (const { how, at, from, length, noise } of parts) {
        const place = (share: number) => HEADER + Math.floor(share * (spoilt.length - HEADER));
        if (how === 'cut') spoilt = spoilt.slice(0, place(at));
        else if (how === 'copy') spoilt.copyWithin(place(at), place(from), place(from) + length);
        else spoilt.fill(0, place(at), place(at) + length);
        if (how === 'noise')
          spoilt.set(noise.subarray(0, Math.min(length, spoilt.length - place(at))), place(at));
      }
      const { rows, damaged, cut } = await open(new MemoryFile(spoilt));
      for (const [k, numbers] of Object.entries(rows)) expect(numbers).toEqual(first(count)[k]);
      const lost = count - Object.keys(rows).length;
      const missing = Math.floor((bytes.length - spoilt.length + RECORD - 1) / RECORD);
      expect(damaged + Math.floor(cut / RECORD) + missing).toBe(lost);
      seen.lost += lost;
      seen.told += Object.keys(rows).length;
    }),
    { numRuns: 300 },
  );
  expect(seen.lost).toBeGreaterThan(300);
  expect(seen.told).toBeGreaterThan(1000);
});

test('a record of an unknown kind is damaged', async () => {
  for (const kind of [0, 4, 2 ** 31]) {
    const { bytes } = await filled(3);
    const record = bytes.subarray(HEADER + RECORD, HEADER + 2 * RECORD);
    new DataView(bytes.buffer, record.byteOffset).setUint32(0, kind, true);
    seal(record, 1);
    expect(await open(new MemoryFile(bytes))).toMatchObject({ rows: rowsOf([put(0), put(2)]), damaged: 1 });
  }
});

const FULL = new DOMException('No room', 'QuotaExceededError');
const BROKEN = new DOMException('The disk is gone', 'InvalidStateError');

type Fault = (file: MemoryFile) => void;

const writesPart = (file: MemoryFile, length: number) => {
  vi.spyOn(file, 'write').mockImplementationOnce((bytes, { at }) =>
    MemoryFile.prototype.write.call(file, bytes.subarray(0, length), { at }),
  );
};

const FAULTS: readonly [string, string, Fault][] = [
  ['a write without room', 'StorageFull', (file) => vi.spyOn(file, 'write').mockReturnValueOnce(0)],
  [
    'a write that returns an error’s code',
    'StorageFull',
    (file) => vi.spyOn(file, 'write').mockReturnValueOnce(2 ** 32 - 8),
  ],
  [
    'a write cut short by the end of the room',
    'StorageFull',
    (file) => {
      writesPart(file, RECORD + 5);
      vi.spyOn(file, 'write').mockReturnValueOnce(0);
    },
  ],
  [
    'a write that throws',
    'StorageFull',
    (file) =>
      vi.spyOn(file, 'write').mockImplementationOnce(() => {
        throw FULL;
      }),
  ],
  [
    'a flush that throws',
    'StorageUnavailable',
    (file) =>
      vi.spyOn(file, 'flush').mockImplementationOnce(() => {
        throw BROKEN;
      }),
  ],
];

describe('after', () => {
  test.each(FAULTS)('%s all earlier records remain, and writing continues', async (_, name, breakIt) => {
    for (const canTruncate of [true, false]) {
      const file = await filled(3);
      const { index } = await open(file);
      breakIt(file);
      if (!canTruncate) {
        vi.spyOn(file, 'truncate').mockImplementationOnce(() => {
          throw BROKEN;
        });
      }
      await expect(index.append([put(0, 7), put(7), put(8)], [key(1)])).rejects.toMatchObject({ name });
      vi.restoreAllMocks();
      if (canTruncate) expect(file.getSize()).toBe(HEADER + 3 * RECORD);
      expect([index.live, index.dead, index.has(key(7))]).toEqual([3, 0, false]);
      expect(await index.readRow(key(0))).toEqual(put(0)[1]);
      expect((await open(new MemoryFile(file.durable))).rows).toEqual(first(3));

      await index.append([put(9)]);
      expect(await open(file)).toMatchObject({
        rows: { ...first(3), ...rowsOf([put(9)]) },
        damaged: 0,
        cut: 0,
      });
    }
  });

  test('a short write, the rest is written', async () => {
    const file = await filled(3);
    const { index } = await open(file);
    writesPart(file, RECORD + 5);
    await index.append([put(7), put(8)]);
    expect((await open(file)).rows).toEqual({ ...first(3), ...rowsOf([put(7), put(8)]) });
  });

  test('a short or failed read, the file is unchanged', async () => {
    const { bytes } = await filled(3);
    for (const [breakIt, name] of [
      [(file: MemoryFile) => vi.spyOn(file, 'read').mockReturnValue(0), 'IndexUnreadable'],
      [(file: MemoryFile) => vi.spyOn(file, 'read').mockReturnValue(2 ** 32 - 5), 'IndexUnreadable'],
      [
        (file: MemoryFile) =>
          vi.spyOn(file, 'read').mockImplementation(() => {
            throw BROKEN;
          }),
        'StorageUnavailable',
      ],
    ] as const) {
      const file = new MemoryFile(bytes);
      breakIt(file);
      await expect(open(file)).rejects.toMatchObject({ name });
      expect(file.bytes).toEqual(bytes);
    }
  });
});
