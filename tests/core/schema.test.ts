import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { listOf, readAs, recordOf, size, text } from '../../src/core/schema';

describe('a size', () => {
  test.each([0, 7, 2 ** 53 - 1])('is %s', (value) => expect(readAs(size, value)).toBe(value));

  test.each([-1, 0.5, 2 ** 53, NaN, Infinity, '7', null, undefined, 7n])('is not %s', (value) => {
    expect(readAs(size, value)).toBeUndefined();
  });
});

test('a text has a character at least', () => {
  expect(['a', '', 7, null].map((value) => readAs(text, value))).toEqual([
    'a',
    undefined,
    undefined,
    undefined,
  ]);
});

describe('a record', () => {
  const named = recordOf({ name: text, sizes: listOf(size), note: v.exactOptional(text) });

  test('is read with what is named of it alone', () => {
    const read = readAs(named, { name: 'a', sizes: [1, 2], stranger: true });
    expect(read).toStrictEqual({ name: 'a', sizes: [1, 2] });
    expect(readAs(named, { name: 'a', sizes: [], note: 'b' })).toStrictEqual({
      name: 'a',
      sizes: [],
      note: 'b',
    });
  });

  test.each([
    undefined,
    null,
    'a',
    [],
    {},
    { name: 'a' },
    { name: 'a', sizes: {} },
    { name: 'a', sizes: [1, -1] },
    { name: 'a', sizes: [], note: null },
  ])('is none: %j', (value) => expect(readAs(named, value)).toBeUndefined());
});
