import { expect, it } from 'vitest';
import { isPlain, questionOf, questionText, type Example } from '../../../src/ui/search/question';

const cat: Example = { kind: 'photo', id: 1, name: 'cat.jpg' };
const beach: Example = { kind: 'file', file: new File([], 'beach.jpg'), name: 'beach.jpg' };

it('asks nothing with an empty line or signs alone', () => {
  for (const line of ['', '   ', '-', '""']) expect(questionOf(line, [])).toBeUndefined();
});

it('asks by words, by pictures, or by both', () => {
  expect(questionOf(' two cats ', [])).toEqual({ text: 'two cats', examples: [] });
  expect(questionOf('-', [cat])).toEqual({ text: '', examples: [cat] });
  expect(questionOf('at night', [cat])).toEqual({ text: 'at night', examples: [cat] });
});

it.each([
  ['two cats', [], true],
  ['+2 two cats', [], true],
  ['-cat', [], false],
  ['cat -dog', [], false],
  ['cat', [cat], false],
])('%s with %j is one plain text: %s', (text, examples, plain) => {
  expect(isPlain({ text, examples })).toBe(plain);
});

it('says what was asked', () => {
  expect(questionText({ text: 'two cats', examples: [] })).toBe('for two cats');
  expect(questionText({ text: '', examples: [cat, beach] })).toBe('like cat.jpg and beach.jpg');
  expect(questionText({ text: 'at night', examples: [cat] })).toBe('for at night, like cat.jpg');
});
