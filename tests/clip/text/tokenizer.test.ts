import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createTokenizer, type TokenizerOptions } from '../../../src/clip/text/tokenizer';
import { messageOf } from '../../../src/core/failure';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const shared = process.env.CLIPSCOPE_SHARED ?? path.join(root, '../shared');
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const fixture = (name: string) => read(path.join(root, 'tests/fixtures/tokenizer', name));

interface Row {
  text: string;
  ids: number[];
}

const OPENCLIP: TokenizerOptions = { contextLength: 77, clean: 'lower', padId: 0, stripSeparator: false };

describe("the built-in model's tokenizer", () => {
  const tokenizer = createTokenizer(read(path.join(root, 'static/models/clipscope-s/tokenizer.json')), {
    ...OPENCLIP,
    contextLength: 24,
  });

  test('start, end and size come from the file', () => {
    expect(tokenizer).toMatchObject({ startId: 2046, endId: 2047, vocabSize: 2048, contextLength: 24 });
  });

  test('the texts of the album get the ids that OpenCLIP gave them', () => {
    const { texts: rows } = read(path.join(root, 'tests/fixtures/album/clipscope-s.json')) as {
      texts: Row[];
    };
    expect(rows.length).toBe(20);
    expect([...tokenizer.encode(rows.map(({ text }) => text))]).toEqual(rows.flatMap(({ ids }) => ids));
  });

  test("every golden string gets the ids of OpenCLIP's SimpleTokenizer", () => {
    const { rows } = fixture('simple-clipscope-s.json') as { rows: Row[] };
    expect(rows.length).toBeGreaterThan(250);
    const encoded = rows.map(({ text }) => ({ text, ids: [...tokenizer.encode([text], 'as-openclip')] }));
    expect(encoded).toEqual(rows);
  });

  test('a text is cut where its ids are more than the tower takes', () => {
    const { rows } = fixture('simple-clipscope-s.json') as { rows: Row[] };
    const fitting = rows.filter(({ ids }) => ids.at(-1) === 0);
    expect(fitting.length).toBeGreaterThan(200);
    expect(fitting.filter(({ text }) => tokenizer.isCut(text))).toEqual([]);
    expect(tokenizer.isCut('a '.repeat(22))).toBe(false);
    expect(tokenizer.isCut('a '.repeat(23))).toBe(true);
  });

  test('of a text far longer than the context only the beginning is read', () => {
    const long = `two cats ${'&amp;'.repeat(1_000_000)}`;
    expect([...tokenizer.encode([long])]).toEqual([...tokenizer.encode([long.slice(0, 24 * 256)])]);
  });

  test('several texts are rows in order', () => {
    const both = tokenizer.encode(['a cat', 'two dogs']);
    expect([...both]).toEqual([...tokenizer.encode(['a cat']), ...tokenizer.encode(['two dogs'])]);
    expect(tokenizer.encode([]).length).toBe(0);
  });

  test.each(['<start_of_text>', '<end_of_text>', '<|startoftext|>', '<|endoftext|>', '<|ENDOFTEXT|>'])(
    'typed %s is text',
    (name) => {
      const row = [...tokenizer.encode([`a ${name} b`])];
      expect(row.filter((id) => id === 2046)).toHaveLength(1);
      expect(row.filter((id) => id === 2047)).toHaveLength(1);
      expect(row.indexOf(2047)).toBeGreaterThan(5);
    },
  );

  test('as OpenCLIP reads them, its own two names are tokens where its pattern finds them', () => {
    const named = [...tokenizer.encode(['<START_OF_TEXT> x <end_of_text>'], 'as-openclip')];
    expect(named.filter((id) => id === 2046)).toHaveLength(2);
    expect(named.filter((id) => id === 2047)).toHaveLength(2);
    const afterMark = [...tokenizer.encode(['!<start_of_text>'], 'as-openclip')];
    expect(afterMark.filter((id) => id === 2046)).toHaveLength(1);
  });
});

describe("OpenCLIP's 49,408 tokens", () => {
  const file = path.join(shared, 'tokenizer/clip-tokenizer.json');
  const present = existsSync(file);
  const { strings } = fixture('simple_tokenizer.json') as {
    strings: (Row & { excused?: string; n_untruncated: number })[];
  };

  if (!present) {
    test.skipIf(process.env.CI !== 'true')('NOT RUN: no shared tokenizer', () => {
      expect.fail(`${file} is missing`);
    });
    return;
  }
  const tokenizer = createTokenizer(read(file), OPENCLIP);

  test('start, end and size', () => {
    expect(tokenizer).toMatchObject({ startId: 49_406, endId: 49_407, vocabSize: 49_408 });
  });

  test('every string that is not excused gets the ids of the real OpenCLIP', () => {
    const wrong = strings.filter(
      ({ text, ids }) => tokenizer.encode([text], 'as-openclip').join() !== ids.join(),
    );
    expect(wrong.filter(({ excused }) => excused === undefined)).toEqual([]);
    expect(wrong.map(({ text }) => text)).toEqual(['schÃ¶n', 'Ã\u0192Â©']);
  });

  test('a text is cut where the real OpenCLIP cuts it', () => {
    const plain = strings.filter(({ text, excused }) => excused === undefined && !text.includes('<'));
    const long = plain.filter(({ n_untruncated }) => n_untruncated > 77);
    expect(long.length).toBeGreaterThan(3);
    expect(plain.filter(({ text }) => tokenizer.isCut(text))).toEqual(long);
  });

  test('a text that is too long still ends in the end token', () => {
    const row = tokenizer.encode(['cat '.repeat(100)]);
    expect(row.length).toBe(77);
    expect(row[76]).toBe(49_407);
    expect(row[75]).toBe(2368);
  });
});

describe('other kinds run as the Rust library runs them', () => {
  interface Kind {
    name: string;
    options: TokenizerOptions;
    tokenizer: unknown;
    strings: Row[];
  }
  const { rows: kinds } = fixture('kinds.json') as { rows: Kind[] };

  test.each(kinds)('$name', ({ options, tokenizer, strings }) => {
    const made = createTokenizer(tokenizer, options);
    const encoded = strings.map(({ text }) => ({ text, ids: [...made.encode([text], 'as-openclip')] }));
    expect(encoded).toEqual(strings);
  });

  test.each(kinds)('$name: typed names of special tokens are text', ({ options, tokenizer }) => {
    const made = createTokenizer(tokenizer, { ...options, clean: 'whitespace', stripSeparator: false });
    const row = [...made.encode(['[CLS]x[SEP] <s>y</s> <eos>'])];
    expect(row.indexOf(made.endId ?? -1)).toBeGreaterThan(8);
  });

  test('strip separator writes 0 for the end token', () => {
    const [wordPiece] = kinds;
    const ids = (stripSeparator: boolean) => [
      ...createTokenizer(wordPiece?.tokenizer, { ...OPENCLIP, contextLength: 8, stripSeparator }).encode([
        'red cat',
      ]),
    ];
    expect(ids(false)).toContain(3);
    expect(ids(true)).toEqual(ids(false).map((id) => (id === 3 ? 0 : id)));
  });
});

/** A CLIP-kind file of 518 tokens: the bytes, the bytes that end a word, two merges and the ends. */
function tinyClip() {
  const printable = (code: number) => (code > 32 && code < 127) || (code > 160 && code < 256 && code !== 173);
  const bytes = Array.from({ length: 256 }, (_, code) => code).filter(printable);
  const symbols = [...bytes, ...Array.from({ length: 256 - bytes.length }, (_, i) => 256 + i)];
  const letters = symbols.map((code) => String.fromCharCode(code));
  const tokens = [
    '<end>',
    'pad',
    ...letters,
    ...letters.map((letter) => `${letter}</w>`),
    'ca',
    'cat</w>',
    '<begin>',
  ];
  return {
    added_tokens: [
      { id: 0, content: '<end>', special: true },
      { id: tokens.length - 1, content: '<begin>', special: true },
    ],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: "'s|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['<end>', 0],
      cls: ['<begin>', tokens.length - 1],
    } as object,
    model: {
      type: 'BPE',
      unk_token: '<end>',
      end_of_word_suffix: '</w>',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: ['c a', 'ca t</w>'] as unknown[],
    },
  };
}

describe('whatever the start and end tokens are called', () => {
  const options = { ...OPENCLIP, contextLength: 5, padId: 1 };
  const [begin, cat] = [516, 515];
  const template = {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '<begin>', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '<end>', type_id: 0 } },
    ],
    special_tokens: {
      '<begin>': { id: '<begin>', ids: [begin], tokens: ['<begin>'] },
      '<end>': { id: '<end>', ids: [0], tokens: ['<end>'] },
    },
  };

  test.each<[string, object]>([
    ['RobertaProcessing', tinyClip().post_processor],
    ['BertProcessing', { ...tinyClip().post_processor, type: 'BertProcessing' }],
    ['TemplateProcessing', template],
    ['Sequence', { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template] }],
  ])('%s', (_name, postProcessor) => {
    const tokenizer = createTokenizer({ ...tinyClip(), post_processor: postProcessor }, options);
    expect(tokenizer).toMatchObject({ startId: begin, endId: 0, vocabSize: 517 });
    expect([...tokenizer.encode(['Cat', 'cat cat cat cat', ''])]).toEqual([
      ...[begin, cat, 0, 1, 1],
      ...[begin, cat, cat, cat, 0],
      ...[begin, 0, 1, 1, 1],
    ]);
  });

  test('merges may be pairs, and an old file may leave out the type', () => {
    const file = tinyClip();
    const model: Record<string, unknown> = {
      ...file.model,
      merges: [
        ['c', 'a'],
        ['ca', 't</w>'],
      ],
    };
    delete model['type'];
    const tokenizer = createTokenizer({ ...file, model }, options);
    expect([...tokenizer.encode(['cat'])]).toEqual([begin, cat, 0, 1, 1]);
  });

  test('an added token that is a plain character does not take its place in typed text', () => {
    const file = tinyClip();
    const bang = file.model.vocab['!</w>'];
    const added = [...file.added_tokens, { id: 2, content: '!', special: true }];
    const tokenizer = createTokenizer({ ...file, added_tokens: added }, options);
    expect([...tokenizer.encode(['!'])]).toEqual([begin, bang, 0, 1, 1]);
  });

  test('a byte that the vocabulary lacks gives the unknown token, wherever that is listed', () => {
    const file = tinyClip();
    const vocab: Record<string, number> = { ...file.model.vocab };
    delete vocab['!</w>'];
    const added = [...file.added_tokens, { id: 600, content: '<unknown>', special: true }];
    const model = { ...file.model, vocab, unk_token: '<unknown>' };
    const tokenizer = createTokenizer({ ...file, model, added_tokens: added }, options);
    expect([...tokenizer.encode(['!'])]).toEqual([begin, 600, 0, 1, 1]);
    expect(tokenizer.vocabSize).toBe(601);
  });

  test('where OpenCLIP only collapses white space, the file lower-cases', () => {
    const tokenizer = createTokenizer(tinyClip(), { ...options, clean: 'whitespace' });
    expect([...tokenizer.encode([' CAT '])]).toEqual([begin, cat, 0, 1, 1]);
  });
});

describe('files that cannot be run', () => {
  const attempt = (file: unknown) => {
    try {
      createTokenizer(file, OPENCLIP).encode(['A cat & 2 dogs ☃', ''], 'as-text');
      return 'runs';
    } catch (error) {
      return `${(error as Error).name}: ${messageOf(error)}`;
    }
  };
  const tiny = tinyClip();

  test.each<[string, unknown, string]>([
    ['no object', [], 'tokenizer.json: tokenizer.json is []'],
    ['no model', {}, 'model is missing'],
    ['another kind', { model: { type: 'WordLevel', vocab: {} } }, 'model.type is "WordLevel"'],
    ['a vocabulary of text', { ...tiny, model: { ...tiny.model, vocab: 'x' } }, 'model.vocab is "x"'],
    [
      'an id that is no number',
      { ...tiny, model: { ...tiny.model, vocab: { a: '1' } } },
      'model.vocab["a"] is "1"',
    ],
    ['no merges', { ...tiny, model: { ...tiny.model, merges: null } }, 'model.merges is null'],
    [
      'a merge of three',
      { ...tiny, model: { ...tiny.model, merges: ['c a t'] } },
      'model.merges[0] is "c a t"',
    ],
    ['a merge into nothing', { ...tiny, model: { ...tiny.model, merges: ['x y'] } }, 'makes "xy"'],
    [
      'a step without a pattern',
      { ...tiny, normalizer: { type: 'Replace', content: '' } },
      'normalizer.pattern is missing',
    ],
    [
      'a step within a step',
      {
        ...tiny,
        pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: 1 } }] },
      },
      'pre_tokenizer.pretokenizers[0].pattern has neither Regex nor String',
    ],
    ['no ends', { ...tiny, post_processor: null }, 'must name one start token and one end token'],
    [
      'ends of an unknown kind',
      { ...tiny, post_processor: { type: 'Other' } },
      'post_processor.type is "Other"',
    ],
    [
      'ends that the vocabulary denies',
      { ...tiny, post_processor: { ...tiny.post_processor, sep: ['<end>', 7] } },
      'gives "<end>" the id 7, the vocabulary 0',
    ],
    [
      'an unknown step',
      { ...tiny, pre_tokenizer: { type: 'UnicodeScripts' } },
      'pre_tokenizer.type is "UnicodeScripts"',
    ],
    [
      'an unknown token that is unknown',
      { ...tiny, model: { ...tiny.model, unk_token: 'other' } },
      'model.unk_token is "other"',
    ],
  ])('%s', (_name, file, message) => {
    expect(attempt(file)).toMatch(/^TokenizerUnsupported: /);
    expect(attempt(file)).toContain(message);
  });

  test('junk in any place of the structure is refused or run, never another error', () => {
    const { rows } = fixture('kinds.json') as { rows: { tokenizer: unknown }[] };
    const kinds = rows.map(({ tokenizer }) => tokenizer);
    const junk = [undefined, null, -1, 1.5, 'junk', true, [], {}, [null], { type: 'Sequence' }];
    const outcomes = [tinyClip(), ...kinds].flatMap((file) =>
      placesIn(file).flatMap((place) => junk.map((value) => attempt(withValue(file, place, value)))),
    );
    expect(outcomes.length).toBeGreaterThan(1000);
    expect(new Set(outcomes.map((outcome) => outcome.split(':')[0]))).toEqual(
      new Set(['runs', 'TokenizerUnsupported']),
    );
  });
});

type Place = readonly (string | number)[];

/** The paths of all that `value` holds, of long lists and objects only the first four. */
function placesIn(value: unknown, path: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [
    path,
    ...keys
      .slice(0, 12)
      .flatMap((key) => placesIn((value as Record<Place[number], unknown>)[key], [...path, key])),
  ];
}

/** A copy of `holder` with `value` at `place`. */
function withValue(holder: unknown, place: Place, value: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  const copy: Record<string | number, unknown> = Array.isArray(holder)
    ? ([...holder] as never)
    : { ...(holder as Record<string, unknown>) };
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}
