import fc from 'fast-check';
import type { PhotoRecord } from '../../src/library/records';

const key = fc.constantFrom('0'.repeat(32), '0123456789abcdef'.repeat(2), 'f'.repeat(32));
const size = fc.constantFrom(1, 3000, 2 ** 32 - 1);
const place = fc.record(
  { latitude: fc.constantFrom(-90, -0, 52.5), longitude: fc.constantFrom(0, 179.99) },
  { noNullPrototype: true },
);

/** What most photos have, and most of what is odd in the rest. */
const rest: fc.Arbitrary<Omit<PhotoRecord, 'id'>> = fc
  .record(
    {
      folder: fc.constantFrom(0, 1, 1_700_000_000_000),
      path: fc.oneof(fc.constantFrom('a/b.jpg', '', 'ü/\u0000/😀.png', '\ud800'), fc.string()),
      bytes: fc.constantFrom(0, 1, 2 ** 40),
      modified: fc.constantFrom(0, -5.5, 1_700_000_000_123),
      read: fc.record({ key, width: size, height: size }),
      taken: fc.constantFrom(-1, 0, 1_700_000_000_000),
      camera: fc.constantFrom('', 'A', 'B'),
      place,
      bad: fc.constantFrom('', 'no picture'),
      hidden: fc.boolean(),
      unlisted: fc.constant(true as const),
      handle: fc.constant({ kind: 'file' } as FileSystemFileHandle),
      odd: fc.constantFrom<object>(
        { key: 'damaged', width: 1, height: 1 },
        { width: 0.5 },
        { fault: 'away' },
      ),
    },
    { requiredKeys: ['folder', 'path', 'bytes', 'modified'] },
  )
  .map(({ read, odd, ...others }) => ({ ...others, ...read, ...odd }));

/** Any photo with one of these ids. */
export function anyPhoto(id: fc.Arbitrary<number>): fc.Arbitrary<PhotoRecord> {
  return fc.tuple(id, rest).map(([number, others]) => ({ id: number, ...others }));
}
