import { describe, expect, test } from 'vitest';
import { arrivalOf, hasNewContent, isOfBytes, isRead, stateOf } from '../../src/library/photo-state';
import type { PhotoRecord } from '../../src/library/records';

const FOUND: PhotoRecord = { id: 1, folder: 0, path: 'a.jpg', bytes: 5, modified: 7 };
const READ: PhotoRecord = { ...FOUND, key: '0'.repeat(32), width: 3, height: 2 };

test.each([
  ['as it was found', {}, 'shown'],
  ['taken out', { hidden: true }, 'hidden'],
  ['brought back', { hidden: false }, 'shown'],
  ['bad', { bad: 'no picture' }, 'bad'],
  ['bad for no told reason', { bad: '' }, 'bad'],
  ['bad and taken out', { hidden: true, bad: 'no picture' }, 'hidden'],
])('a photo %s', (_, changes, state) => {
  expect(stateOf({ ...FOUND, ...changes })).toBe(state);
});

describe('a photo is read', () => {
  test('once its content and size are known and it is shown', () => {
    expect(isRead(READ)).toBe(true);
  });

  test.each([
    ['before that', FOUND],
    ['without its size', { ...FOUND, key: READ.key! }],
    ['taken out', { ...READ, hidden: true }],
    ['that is bad', { ...READ, bad: 'no picture' }],
  ])('but not %s', (_, photo) => {
    expect(isRead(photo)).toBe(false);
  });
});

const BAD = { ...FOUND, bad: 'no picture' };
const HIDDEN = { ...READ, hidden: true };

/** The table of states and events, as far as one file found at its place decides. */
describe.each([
  ['nobody knew', undefined, 'new', 'new', 'new'],
  ['to be indexed', FOUND, 'known', 'changed', 'changed'],
  ['that was read', READ, 'known', 'touched', 'changed'],
  ['that is bad', BAD, 'bad', 'changed', 'changed'],
  ['that is bad and was read before', { ...BAD, key: READ.key! }, 'bad', 'changed', 'changed'],
  ['that is hidden', HIDDEN, 'hidden', 'touched', 'changed'],
  ['that is hidden and was never read', { ...FOUND, hidden: true }, 'hidden', 'hidden', 'changed'],
] as const)('a file found at the place of a photo %s', (_, before, same, dated, longer) => {
  test.each([
    ['as it was', {}, same],
    ['with another date', { modified: 8 }, dated],
    ['with another length', { bytes: 6 }, longer],
    ['with both', { bytes: 6, modified: 8 }, longer],
  ] as const)('%s', (_, changes, kind) => {
    expect(arrivalOf(before, { ...FOUND, ...changes }, false)).toBe(kind);
    // Chosen by itself.
    const chosen = { bad: 'changed', hidden: 'new' } as Record<string, string>;
    const isSame = Object.keys(changes).length === 0;
    const asked = isSame ? (chosen[kind] ?? kind) : kind;
    expect(arrivalOf(before, { ...FOUND, ...changes }, true)).toBe(asked);
  });
});

test.each([
  ['PictureEmpty', true],
  ['PictureUnreadable', true],
  ['PictureTooLarge', true],
  ['PictureTooComplex', true],
  ['FileUnreadable', false],
  ['OutOfMemory', false],
  ['WorkerDied', false],
  ['StorageUnavailable', false],
  ['NetworkFailed', false],
  [undefined, false],
] as const)('a photo that failed by %s is bad: %s', (name, isBad) => {
  expect(isOfBytes(name)).toBe(isBad);
});

test.each([
  ['of a photo nobody knew', undefined, READ, false],
  ['of one that was not read', FOUND, READ, false],
  ['that is the same', READ, { ...READ, path: 'b.jpg' }, false],
  ['that is another', READ, { ...READ, key: '1'.repeat(32) }, true],
  ['that is yet to be read', READ, FOUND, true],
])('content %s', (_, before, now, isNew) => {
  expect(hasNewContent(before, now)).toBe(isNew);
});
