import { expect, it } from 'vitest';
import { readOptions } from '../../../tools/embed/embed-options';

it('reads inputs, the model, the result and the part', () => {
  expect(readOptions(['a', 'b.tar', '--model', 'm', '--out', 'o', '--partition', '2/4'])).toEqual({
    inputs: ['a', 'b.tar'],
    model: 'm',
    out: 'o',
    number: 2,
    of: 4,
    arithmetic: 'fp32',
  });
  expect(readOptions(['-h'])).toBe('help');
});

it.each([
  [[], 'Name a folder'],
  [['a'], '--model DIR'],
  [['a', '--model', 'm'], '--out DIR'],
  [['a', '--model', 'm', '--out', 'o', '--partition', '4/4'], 'not 4/4'],
  [['a', '--model', 'm', '--out', 'o', '--partition', 'x'], 'not x'],
  [['a', '--model', 'm', '--out', 'o', '--arithmetic', 'int4'], 'not int4'],
])('refuses %j in a sentence', (given, message) => {
  expect(() => readOptions(given)).toThrow(message);
});
