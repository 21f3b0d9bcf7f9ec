import { expect, test } from 'vitest';
import { keywordsOf } from '../../src/library/keywords';

test('of what a malformed file may hold, only texts are keywords', () => {
  const odd = [
    null,
    7,
    'text',
    [],
    {},
    { value: [null] },
    { value: [{ value: 7 }] },
    [{ description: null }],
  ];
  for (const tag of odd) {
    const tags = { Keywords: tag, subject: tag };
    expect(keywordsOf(tags, tags)).toEqual([]);
  }
});

test('controls and runs of spaces are one space, and what differs in capitals alone is one', () => {
  const tags = { Keywords: [{ description: ' Two\u0000\u200b\n dogs' }, { description: 'two DOGS' }] };
  expect(keywordsOf(tags, undefined)).toEqual(['Two dogs']);
});
