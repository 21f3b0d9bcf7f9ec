import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dot, norm, normalise } from '../../src/core/vectors';
import { combine, parseQuery, type QueryTerm } from '../../src/search/query';

/** The weight of each text, in order. */
type Weights = Readonly<Record<string, number>>;

const terms = (weights: Weights): QueryTerm[] =>
  Object.entries(weights).map(([text, weight]) => ({ text, weight }));

/** What is typed and what it means. */
const GOLDEN: Readonly<Record<string, readonly [line: string, terms: Weights][]>> = {
  'plain words': [
    ['', {}],
    [' \t\u00a0\n ', {}],
    ['dog', { dog: 1 }],
    ['dog beach', { 'dog beach': 1 }],
    ['  dog \t beach\u3000', { 'dog beach': 1 }],
    ['2 cats, 3 dogs', { '2 cats, 3 dogs': 1 }],
    ["a dog's life 'n' all", { "a dog's life 'n' all": 1 }],
    ['海边的狗 🐕', { '海边的狗 🐕': 1 }],
  ],
  'quoted phrases': [
    ['"red car" "blue sky"', { 'red car': 1, 'blue sky': 1 }],
    ['dog "red car" beach', { 'dog beach': 1, 'red car': 1 }],
    ['"red car"dog"blue sky"', { 'red car': 1, dog: 1, 'blue sky': 1 }],
    ['“red car”', { 'red car': 1 }],
    ['„rotes Auto“', { 'rotes Auto': 1 }],
    ['"  red   car ', { 'red car': 1 }],
    ['dog "red c', { dog: 1, 'red c': 1 }],
    ['"" “ ” dog "', { dog: 1 }],
    ['"-cat +2 dogs"', { '-cat +2 dogs': 1 }],
    ['"-20 degrees"', { '-20 degrees': 1 }],
    ['"-"', { '-': 1 }],
  ],
  'words with a sign': [
    ['-leash', { leash: -1 }],
    ['−leash', { leash: -1 }],
    ['-été', { été: -1 }],
    ['dog -cat house', { 'dog house': 1, cat: -1 }],
    ['-cat dog', { cat: -1, dog: 1 }],
    ['-cat -"white snow" −“red car', { cat: -1, 'white snow': -1, 'red car': -1 }],
    ['-"5th"', { '5th': -1 }],
    ['-t-shirt', { 't-shirt': -1 }],
    ['dog +beach house', { 'dog house': 1, beach: 1 }],
    ['"red car"-dog', { 'red car': 1, dog: -1 }],
  ],
  weights: [
    ['dog +0.5 beach -leash', { dog: 1, beach: 0.5, leash: -1 }],
    ['+0.5 beach at night -2 cats', { 'beach at night': 0.5, cats: -2 }],
    ['-0.5 "white snow"', { 'white snow': -0.5 }],
    ['−0,5 Schnee', { Schnee: -0.5 }],
    ['+.25"white snow', { 'white snow': 0.25 }],
    ['+0.5 "white snow" dog', { 'white snow': 0.5, dog: 1 }],
    ['+0.5 beach "white snow" dog', { beach: 0.5, 'white snow': 1, dog: 1 }],
    ['dog +0.5 beach -leash house', { 'dog house': 1, beach: 0.5, leash: -1 }],
    ['+0.5 -"white snow"', { 'white snow': -1 }],
    ['+3 "+2 dogs"', { '+2 dogs': 3 }],
    ['+1 dog', { dog: 1 }],
    ['-1 white snow', { 'white snow': -1 }],
    ['+10 dog', { dog: 10 }],
    ['+20 dog', { dog: 10 }],
    [`-${'9'.repeat(400)} dog`, { dog: -10 }],
    ['+0.33349 dog', { dog: 0.333 }],
    ['+0 dog -0.0 "white snow" +0.0001 cat', {}],
    ['dog +0.5', { dog: 1 }],
    ['dog +0.5 ', { dog: 1 }],
    ['dog +0.5 -2 ""', { dog: 1 }],
  ],
  'signs that are text': [
    ['t-shirt black-and-white c++', { 't-shirt black-and-white c++': 1 }],
    ['rock - paper + scissors', { 'rock - paper + scissors': 1 }],
    ['+1st place -3d', { '+1st place -3d': 1 }],
    ['+1. -2.5.1 +1,000,000', { '+1. -2.5.1 +1,000,000': 1 }],
    ['--dog -> ++cat', { '--dog -> ++cat': 1 }],
    ['dog –cat —house', { 'dog –cat —house': 1 }],
    ['+0.5 rock - paper', { 'rock - paper': 0.5 }],
    ['- dog + −', { dog: 1 }],
    ['-', {}],
    ['dog - "white snow"', { dog: 1, 'white snow': 1 }],
  ],
};

describe.each(Object.entries(GOLDEN))('%s', (_, examples) => {
  test.each(examples)('%j', (line, weights) => {
    expect(parseQuery(line)).toEqual(terms(weights));
  });
});

test('a text may come twice', () => {
  const twice = parseQuery('dog +0.5 dog -dog');
  expect(twice.map(({ text, weight }) => [text, weight])).toEqual([
    ['dog', 1],
    ['dog', 0.5],
    ['dog', -1],
  ]);
});

describe('any string', () => {
  const pieces = [
    '-',
    '+',
    '−',
    '"',
    '“',
    '”',
    '„',
    "'",
    '.',
    ',',
    '0',
    '1',
    '5',
    ' ',
    '\t',
    'a',
    'é',
    '犬',
    '🐕',
    '  ',
    ' -',
    '+0.5 ',
    '-2 ',
  ];
  /** Lines of what has a meaning, and lines of anything, halves of characters too. */
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...pieces), maxLength: 30 }) },
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
  );

  test('has terms with non-empty texts and non-zero weights', () => {
    fc.assert(
      fc.property(line, (typed) => {
        for (const { text, weight } of parseQuery(typed)) {
          expect(text).toMatch(/^[^\s"“”„]+(?: [^\s"“”„]+)*$/);
          expect(Math.abs(weight)).toBeGreaterThanOrEqual(0.001);
          expect(Math.abs(weight)).toBeLessThanOrEqual(10);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('means the same with space around it', () => {
    fc.assert(
      fc.property(line, (typed) => {
        expect(parseQuery(` ${typed} `)).toEqual(parseQuery(typed));
      }),
    );
  });

  test('in quotes is one text', () => {
    fc.assert(
      fc.property(line, (typed) => {
        const text = typed.replace(/[\s"“”„]+/g, ' ').trim();
        expect(parseQuery(`"${text}"`)).toEqual(text === '' ? [] : [{ text, weight: 1 }]);
      }),
    );
  });
});

test('a long line is parsed quickly', () => {
  for (const piece of ['- ', '-', '1', '"', ' ', '+1', 'a -']) {
    expect(() => parseQuery(`+${piece.repeat(100_000)}x`)).not.toThrow();
  }
});

describe('combine', () => {
  const rows = (dim: number, ...numbers: number[]) => ({ dim, data: Float32Array.from(numbers) });

  test.each<[string, number[], number[], number[]]>([
    ['one row as it is, whatever its weight', [0.6, 0.8], [0.25], [0.6, 0.8]],
    ['one row turned round for a negative weight', [0.6, 0.8], [-3], [-0.6, -0.8]],
    ['the middle of two rows', [1, 0, 0, 1], [1, 1], [Math.SQRT1_2, Math.SQRT1_2]],
    ['rows by their weights', [1, 0, 0, 1], [3, -4], [0.6, -0.8]],
    ['what is left of rows that cancel in part', [1, 0, 1, 0, 0, 1], [1, -1, 0.5], [0, 1]],
  ])('gives %s', (_, data, weights, expected) => {
    const given = rows(2, ...data);
    const combined = combine(given, weights);
    expect(combined).toBeInstanceOf(Float32Array);
    expect(norm(combined ?? [])).toBeCloseTo(1, 6);
    for (const [i, number] of expected.entries()) expect(combined?.[i]).toBeCloseTo(number, 6);
    expect(given.data).toEqual(Float32Array.from(data));
  });

  test.each<[string, number[], number[]]>([
    ['there are no terms', [], []],
    ['a text is taken from itself', [0.6, 0.8, 0.6, 0.8], [1, -1]],
    ['opposite rows are added', [1, 0, -1, 0], [0.5, 0.5]],
    ['only rounding is left', [1, 0, 1, 0.001], [10, -10]],
    ['a row is not a number', [NaN, 0], [1]],
  ])('gives nothing where %s', (_, data, weights) => {
    expect(combine(rows(2, ...data), weights)).toBeUndefined();
  });

  test('rejects rows that do not match the weights', () => {
    const message = '4 numbers are not 1 rows of 2';
    expect(() => combine(rows(2, 1, 0, 0, 1), [1])).toThrow(new RangeError(message));
    expect(() => combine(rows(2, 1, 0, 0), [1, 1])).toThrow(RangeError);
  });

  test('ranks by the weighted sum of the cosines', () => {
    const unit = fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 })
      .filter((numbers) => norm(numbers) > 0)
      .map((numbers) => normalise(numbers));
    const weighted = fc.record({ row: unit, weight: fc.integer({ min: -10, max: 10 }) });
    fc.assert(
      fc.property(fc.array(weighted, { maxLength: 5 }), unit, (all, photo) => {
        const weights = all.map(({ weight }) => weight);
        const combined = combine(rows(4, ...all.flatMap(({ row }) => [...row])), weights);
        if (!combined) return;
        expect(norm(combined)).toBeCloseTo(1, 6);
        const score = (other: Float32Array) =>
          all.reduce((total, { row, weight }) => total + weight * dot(row, other), 0);
        // What was divided out: the same for every photo, so both rank photos alike.
        const length = score(combined);
        expect(length).toBeGreaterThan(0);
        expect(dot(combined, photo) * length).toBeCloseTo(score(photo), 4);
      }),
    );
  });
});
