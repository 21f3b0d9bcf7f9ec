import { expect, it } from 'vitest';
import { isPlain, questionOf, questionText, type Example } from '../../../src/ui/search/question';

const cat: Example = { kind: 'photo', id: 1, name: 'cat.jpg' };
const beach: Example = { kind: 'file', file: new File([], 'beach.jpg'), name: 'beach.jpg' };

it('asks nothing with an empty line or signs alone', () => {
  for (const line of ['', '   ', '-', '""']) expect(questionOf(line, [])).toBeUndefined();
});

it('asks by words, by pictures, or by both', () => {
  expect(questionOf(' two cats ', [])).toEqual({
    text: 'two cats',
    terms: [{ text: 'two cats', weight: 1 }],
    examples: [],
  });
  expect(questionOf('-', [cat])).toEqual({ text: '', terms: [], examples: [cat] });
  expect(questionOf('at night', [cat])).toMatchObject({
    text: 'at night',
    terms: [{ text: 'at night' }],
    examples: [cat],
  });
});

it.each([
  ['two cats', [], true],
  ['+2 two cats', [], true],
  ['-cat', [], false],
  ['cat -dog', [], false],
  ['cat', [cat], false],
])('%s with %j is one plain text: %s', (text, examples, plain) => {
  expect(isPlain(questionOf(text, examples)!)).toBe(plain);
});

it('says what was asked', () => {
  expect(questionText(questionOf('two cats', [])!)).toBe('for two cats');
  expect(questionText(questionOf('', [cat, beach])!)).toBe('like cat.jpg and beach.jpg');
  expect(questionText(questionOf('at night', [cat])!)).toBe('for at night, like cat.jpg');
});
