import { describe, expect, test } from 'vitest';
import { hasNewContent, isRead, isUnchanged, stateOf } from '../../src/library/photo-state';
import type { PhotoRecord } from '../../src/library/records';

const FOUND: PhotoRecord = { id: 1, folder: 0, path: 'a.jpg', bytes: 5, modified: 7 };
const READ: PhotoRecord = { ...FOUND, key: '0'.repeat(32), width: 3, height: 2 };

test.each([
  ['as it was found', {}, 'shown'],
  ['taken out', { hidden: true }, 'hidden'],
  ['brought back', { hidden: false }, 'shown'],
  ['unreadable', { fault: 'no picture' }, 'faulty'],
  ['unreadable for no told reason', { fault: '' }, 'faulty'],
  ['unreadable and taken out', { hidden: true, fault: 'no picture' }, 'hidden'],
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
    ['with a fault', { ...READ, fault: 'no picture' }],
  ])('but not %s', (_, photo) => {
    expect(isRead(photo)).toBe(false);
  });
});

test.each([
  [{}, true],
  [{ path: 'b.jpg' }, true],
  [{ bytes: 6 }, false],
  [{ modified: 8 }, false],
])('a file with %o is as it was: %s', (changes, unchanged) => {
  expect(isUnchanged(FOUND, { ...FOUND, ...changes })).toBe(unchanged);
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
