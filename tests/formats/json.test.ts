import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe as describeValue, parseStrictJson, quoted, type JsonValue } from '../../src/formats/json';

/** What JSON.parse would have made of it. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map) {
    return Object.fromEntries(
      [...(value as Map<string, JsonValue>)].map(([name, item]) => [name, plain(item)]),
    );
  }
  if (Array.isArray(value)) return (value as JsonValue[]).map(plain);
  if (typeof value === 'object' && value !== null) return Number((value as { literal: string }).literal);
  return value;
}

test('reads what JSON.stringify writes', () => {
  const document = fc.json({ maxDepth: 6 });
  const spaced = fc.tuple(document, fc.constantFrom('', ' ', '\t', '\r\n')).map(([text, space]) => {
    return space + JSON.stringify(JSON.parse(text), null, space) + space;
  });
  fc.assert(
    fc.property(spaced, (text) => {
      expect(plain(parseStrictJson(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('accepts nothing that JSON.parse refuses', () => {
  const fragments = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    'u00',
    '1',
    '-',
    '.',
    'e',
    '0',
    'null',
    'tru',
    ' ',
  ];
  const almost = fc.array(fc.constantFrom(...fragments), { maxLength: 8 }).map((parts) => parts.join(''));
  const outcomes = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(almost, (text) => {
      let value: JsonValue;
      try {
        value = parseStrictJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
        outcomes.refused += 1;
        return;
      }
      expect(plain(value)).toEqual(JSON.parse(text));
      outcomes.accepted += 1;
    }),
    { numRuns: 5000, seed: 1 },
  );
  expect(outcomes.accepted).toBeGreaterThan(50);
  expect(outcomes.refused).toBeGreaterThan(50);
});

test('exact whole numbers are numbers, all others stay as written', () => {
  const text = '[0, 7, 9007199254740991, 9007199254740992, -1, -0, 1.0, 1e2, 1E400]';
  expect(parseStrictJson(text)).toEqual([
    0,
    7,
    9007199254740991,
    { literal: '9007199254740992' },
    { literal: '-1' },
    { literal: '-0' },
    { literal: '1.0' },
    { literal: '1e2' },
    { literal: '1E400' },
  ]);
});

test('no name is special', () => {
  const value = parseStrictJson('{"__proto__": 1, "constructor": 2, "": 3}');
  expect([...(value as Map<string, number>)]).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
    ['', 3],
  ]);
});

test('reads escapes, and characters beyond 16 bits', () => {
  expect(parseStrictJson(String.raw`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00😀"`)).toBe('"\\/\b\f\n\r\té😀😀');
});

test.each([
  ['', 'expected a value, found the end, at character 0'],
  ['{}x', 'expected the end, found "x", at character 2'],
  ['{"a":1,"a":2}', 'the name "a" appears twice, at character 7'],
  ['{"a":1,"\\u0061":2}', 'the name "a" appears twice, at character 7'],
  ['[{"a":{"b":1,"b":1}}]', 'the name "b" appears twice, at character 13'],
  ['{"a":1,}', 'expected a name in quotes, found "}", at character 7'],
  ['{a:1}', 'expected a name in quotes, found "a", at character 1'],
  ['{"a" 1}', 'expected ":", found "1", at character 5'],
  ['{"a":1 "b"', 'expected "," or "}", found "\\"", at character 7'],
  ['[1 2]', 'expected "," or "]", found "2", at character 3'],
  ['[1,]', 'expected a value, found "]", at character 3'],
  ['[1', 'expected "," or "]", found the end, at character 2'],
  ['{"a', 'a string without its closing quote, at character 1'],
  ['"a\\"', 'a string without its closing quote, at character 0'],
  ['"a\nb"', 'a control character in a string, at character 2'],
  ['"\\x"', 'a backslash in a string that escapes nothing, at character 0'],
  ['"\\u12G4"', 'a backslash in a string that escapes nothing, at character 0'],
  ['"\\ud83d"', 'half of a surrogate pair in a string, at character 0'],
  ['01', '"01" is not a number, at character 0'],
  ['-', '"-" is not a number, at character 0'],
  ['1.', '"1." is not a number, at character 0'],
  ['+1', 'expected a value, found "+", at character 0'],
  ['NaN', 'expected a value, found "N", at character 0'],
  ['[nul]', 'expected a value, found "n", at character 1'],
  ['9'.repeat(1000), 'a number of 1,000 characters, at character 0'],
  ['['.repeat(129), 'nested deeper than 128 levels, at character 128'],
  ['{"a":'.repeat(1e6), 'nested deeper than 128 levels, at character 640'],
])('refuses %.20s…', (text, message) => {
  expect(() => parseStrictJson(text)).toThrow(new SyntaxError(message));
});

test('nests 128 levels deep', () => {
  expect(() => parseStrictJson('['.repeat(128) + ']'.repeat(128))).not.toThrow();
});

test('a string of ten million characters is no trouble', () => {
  const long = 'a\\n'.repeat(5e6);
  expect((parseStrictJson(`"${long}"`) as string).length).toBe(1e7);
});

test('says what a value is', () => {
  const values = parseStrictJson('[null, true, "a\\n", 4096, -1.5, [], {}]') as readonly JsonValue[];
  expect(values.map(describeValue)).toEqual([
    'null',
    'true',
    'the string "a\\n"',
    'the number 4,096',
    'the number -1.5',
    'an array',
    'an object',
  ]);
});

test('quotes a text of any length in one line', () => {
  expect(quoted('a"\u0000b')).toBe('"a\\"\\u0000b"');
  expect(quoted('x'.repeat(1000))).toBe(`"${'x'.repeat(80)}…"`);
});
