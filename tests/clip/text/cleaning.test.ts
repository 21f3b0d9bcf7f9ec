import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cleanText } from '../../../src/clip/text/cleaning';

interface Golden {
  strings: { text: string; lower: string; whitespace: string; canonicalize: string }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/tokenizer/cleaning.json', import.meta.url), 'utf8'),
) as Golden;

describe('cleaning equals OpenCLIP', () => {
  test('the golden file holds some hundreds of strings', () => {
    expect(golden.strings.length).toBeGreaterThanOrEqual(300);
  });

  test.each(['lower', 'whitespace', 'canonicalize'] as const)('%s', (kind) => {
    const cleaned = golden.strings.map(({ text }) => ({ text, cleaned: cleanText(text, kind) }));
    expect(cleaned).toEqual(golden.strings.map((string) => ({ text: string.text, cleaned: string[kind] })));
  });
});

describe('what OpenCLIP does, case by case', () => {
  test.each([
    [
      'entities without a semicolon, by the longest name',
      'AT&T &notanentity; &copy 2024',
      'at&t ¬anentity; © 2024',
    ],
    ['entities hidden in entities', 'fish &amp;amp; chips', 'fish & chips'],
    ['capitals of a lower-case entity', '&EACUTE;', 'é'],
    ['capitals only before the first line with a <', 'x\n<\n&EACUTE;', 'x < &eacute;'],
    ['numeric references as windows-1252', '&#150;', '–'],
    ['numeric references to nothing', 'a&#7;b&#xfdd0;c', 'abc'],
    ['numeric references beyond Unicode', '&#xD800; &#x110000;', '\ufffd \ufffd'],
    ['C1 controls as windows-1252', 'next\x85line', 'next…line'],
    ['C1 controls that windows-1252 lacks', 'a\x81b', 'a\x81b'],
    ['terminal colours', '\x1b[31mred\x1b[0m', 'red'],
    ['ligatures', 'ﬁne oﬃce ŉ', "fine office 'n"],
    ['widths, with a voiced mark to compose', 'ＡＢＣ　ｶﾞ', 'abc ガ'],
    ['quotes', '‘a’ “b”', '\'a\' "b"'],
    ['line breaks', 'a\r\nb\rc\u2028d', 'a b c d'],
    ['lone surrogates', '\ud83d x \ude00\ud83d', '\ufffd x \ufffd\ufffd'],
    ['surrogate pairs', '😀', '😀'],
    ['control characters and the byte order mark', '\ufeffa\x00b\x7fc\ufff9', 'abc'],
    ['composition', 'e\u0301', 'é'],
    ["Python's white space", ' a\x85\xa0\u2003\u3000b ', 'a… b'],
    ['what Python does not call white space', 'a\u200bb', 'a\u200bb'],
    ['sigma at the end of a word', 'ΟΔΟΣ ΣΑΣ', 'οδος σας'],
    ['the dotted capital i', 'İ', 'i\u0307'],
  ])('%s', (_name, text, cleaned) => {
    expect(cleanText(text, 'lower')).toBe(cleaned);
  });

  test('mojibake stays as it is', () => {
    expect(cleanText('schÃ¶n', 'whitespace')).toBe('schÃ¶n');
  });

  test('canonicalize drops ASCII punctuation alone', () => {
    expect(cleanText("  It's_a-Dog, e.g. «x» 1.5", 'canonicalize')).toBe('its adog eg «x» 15');
  });

  test('an entity that cannot be finished does not keep the line going for ever', () => {
    expect(cleanText('&#59;&#59;'.repeat(50), 'whitespace')).toBe(';'.repeat(100));
  });
});
