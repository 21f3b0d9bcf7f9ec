import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linearMatches } from '../../../src/clip/text/linear-patterns';
import { normalizerOf } from '../../../src/clip/text/normalizers';
import { createTokenizer } from '../../../src/clip/text/tokenizer';
import { preTokenizerOf } from '../../../src/clip/text/pre-tokenizers';

type Step = Readonly<Record<string, unknown>>;

const { texts, words, rows } = JSON.parse(readFileSync('tests/fixtures/tokenizer/steps.json', 'utf8')) as {
  texts: string[];
  words: string[];
  rows: { step: Step; texts?: string[]; pieces?: string[][]; model?: Step; ids?: number[][] }[];
};

const nameOf = (step: Step) => JSON.stringify(step).slice(0, 120);

describe('a normalizer gives what the Rust library gives', () => {
  const cases = rows.flatMap((row) => (row.texts ? [[nameOf(row.step), row.step, row.texts] as const] : []));
  it.each(cases)('%s', (_, step, expected) => {
    expect(texts.map(normalizerOf(step, undefined))).toEqual(expected);
    expect(texts.map(normalizerOf(step, linearMatches))).toEqual(expected);
  });
});

describe('a pre-tokenizer gives what the Rust library gives', () => {
  const cases = rows.flatMap((row) =>
    row.pieces ? [[nameOf(row.step), row.step, row.pieces] as const] : [],
  );
  it.each(cases)('%s', (_, step, expected) => {
    for (const linear of [undefined, linearMatches]) {
      expect(texts.map((text) => [...preTokenizerOf(step, linear)(text)])).toEqual(expected);
    }
  });
});

describe('a model gives what the Rust library gives', () => {
  const cases = rows.flatMap(({ model, ids }) =>
    model && ids ? [[nameOf(model), model, ids] as const] : [],
  );
  it.each(cases)('%s', (_, model, expected) => {
    const tokenizer = createTokenizer(
      { model },
      { contextLength: 200, clean: 'whitespace', padId: -1, stripSeparator: false },
    );
    expect(words.map((text) => [...tokenizer.encode([text])].filter((id) => id >= 0))).toEqual(expected);
  });
});

describe('what is not run is refused by name', () => {
  it.each<[Step, string]>([
    [{ type: 'Nmt' }, 'normalizer.type is "Nmt"'],
    [{}, 'normalizer.type is missing'],
    [{ type: 'Sequence', normalizers: [{ type: 'X' }] }, 'normalizer.normalizers[0].type is "X"'],
    [{ type: 'Sequence', normalizers: {} }, 'normalizer.normalizers is {}'],
    [{ type: 'Prepend' }, 'normalizer.prepend is missing'],
    [{ type: 'Precompiled', precompiled_charsmap: '$' }, 'precompiled_charsmap cannot be read'],
    [{ type: 'Replace', pattern: { Regex: '(' }, content: '' }, 'pattern "(" cannot be read'],
  ])('%j', (step, message) => {
    expect(() => normalizerOf(step, undefined)).toThrow(
      expect.objectContaining({ name: 'TokenizerUnsupported', message: expect.stringContaining(message) }),
    );
  });

  it.each<[Step, string]>([
    [{ type: 'UnicodeScripts' }, 'pre_tokenizer.type is "UnicodeScripts"'],
    [{ type: 'Sequence', pretokenizers: [{ type: 'X' }] }, 'pre_tokenizer.pretokenizers[0].type is "X"'],
    [{ type: 'Split', pattern: { String: 'a' }, behavior: 'Odd' }, 'pre_tokenizer.behavior is "Odd"'],
    [{ type: 'Split', pattern: {}, behavior: 'Removed' }, 'pattern has neither Regex nor String'],
    [{ type: 'Metaspace', replacement: '' }, 'pre_tokenizer.replacement is ""'],
    [{ type: 'Metaspace', prepend_scheme: 'last' }, 'pre_tokenizer.prepend_scheme is "last"'],
  ])('%j', (step, message) => {
    expect(() => preTokenizerOf(step, undefined)).toThrow(
      expect.objectContaining({ name: 'TokenizerUnsupported', message: expect.stringContaining(message) }),
    );
  });
});

it.each<[Step, string]>([
  [{ type: 'Unigram', unk_id: 0, byte_fallback: true, vocab: [['<unk>', 0]] }, 'model.byte_fallback is set'],
  [{ type: 'BPE', vocab: { a: 0 }, merges: [] }, 'model.unk_token is missing, and letters'],
])('a model that the library runs otherwise is refused: %j', (model, message) => {
  const options = { contextLength: 9, clean: 'whitespace', padId: 0, stripSeparator: false } as const;
  expect(() => createTokenizer({ model }, options)).toThrow(
    expect.objectContaining({ name: 'TokenizerUnsupported', message: expect.stringContaining(message) }),
  );
});

it('each class of characters is the same in the linear engine, looking around is not run by it', () => {
  const all = String.fromCodePoint(
    ...Array.from({ length: 0x3000 }, (_, code) => code),
    ...Array.from({ length: 0x1000 }, (_, code) => 0x1f000 + code),
  );
  for (const name of ['White_Space', 'Alphabetic', 'L', 'M', 'N', 'Nd', 'P', 'Pc', 'Lu', 'Script=Greek']) {
    const matches = linearMatches(`\\p{${name}}`);
    const found = Array.from(matches!(all), ([start, end]) => all.slice(start, end));
    expect([name, found]).toEqual([name, all.match(new RegExp(`\\p{${name}}`, 'gu'))]);
  }
  for (const looking of ['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b', '(a)\\1'])
    expect(linearMatches(looking)).toBeUndefined();
});

describe('a text that grows with every step is given up before it fills the memory', () => {
  const grow = (step: Step) => Array<Step>(24).fill(step);
  const long = 'x '.repeat(1000);
  it.each<Step>([
    { type: 'Replace', pattern: { String: 'x' }, content: long },
    { type: 'Prepend', prepend: long.repeat(3000) },
  ])('normalizer %#', (step) => {
    const normalize = normalizerOf({ type: 'Sequence', normalizers: grow(step) }, undefined);
    expect(() => normalize('é x '.repeat(5000))).toThrow(
      /^tokenizer.json: normalizer.*makes more than 4,194,304/,
    );
  });

  it.each<Step>([
    { type: 'Metaspace', replacement: long, split: false },
    { type: 'Metaspace', replacement: long.trim(), prepend_scheme: 'always' },
  ])('pre-tokenizer %#', (step) => {
    const split = preTokenizerOf({ type: 'Sequence', pretokenizers: grow(step) }, undefined);
    expect(() => split('é x '.repeat(5000))).toThrow(
      /^tokenizer.json: pre_tokenizer.*makes more than 4,194,304/,
    );
  });
});
