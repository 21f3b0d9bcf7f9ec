import { describe, expect, test } from 'vitest';
import { fillTemplate, isTemplate, longestPrompt, ownSet, TEMPLATE_SETS } from '../../src/zeroshot/templates';
import { golden } from './golden';

describe('template sets', () => {
  test('hold 1, 1, 7 and 80 sentences, each with a place for the label and none twice', () => {
    expect(TEMPLATE_SETS.map(({ id, templates }) => [id, templates.length])).toEqual([
      ['none', 1],
      ['single', 1],
      ['simple', 7],
      ['openai', 80],
    ]);
    for (const { templates } of TEMPLATE_SETS) {
      expect(new Set(templates).size).toBe(templates.length);
      expect(templates.every((template) => template.split('{}').length === 2)).toBe(true);
    }
  });

  test("are OpenCLIP's", () => {
    const templates = (id: string) => TEMPLATE_SETS.find((set) => set.id === id)?.templates;
    expect(templates('single')).toEqual(golden.single_1.templates);
    expect(templates('simple')).toEqual(golden.simple_7.templates);
    expect(templates('openai')).toEqual(golden.openai_80.templates);
  });
});

describe('filling a template', () => {
  test.each([
    ['a photo of a {}.', 'cat', 'a photo of a cat.'],
    ['a {c} beside a {}', 'dog', 'a dog beside a dog'],
    ['{}', ' as typed ', ' as typed '],
    ['no place', 'cat', 'no place'],
    ['a {}.', '{}', 'a {}.'],
    ['a {}, {}', '{c}', 'a {c}, {c}'],
    ['a {}.', "$& $1 $$ $'", "a $& $1 $$ $'."],
  ])('%j with %j', (template, label, text) => {
    expect(fillTemplate(template, label)).toBe(text);
  });
});

test.each([
  ['a photo of a {}', true],
  ['{c}, drawn', true],
  ['{}', false],
  [' {} {c} ', false],
  ['a photo', false],
  ['a {b}', false],
])('whether %j is a template', (text, expected) => {
  expect(isTemplate(text)).toBe(expected);
});

test('sets of the user’s own differ where their templates do', () => {
  const ids = [['a {}'], ['a {}', 'the {}'], ['a {}","the {}']].map((templates) => ownSet(templates).id);
  expect(new Set(ids).size).toBe(3);
  expect(ownSet(['a {}']).id).toBe(ownSet(['a {}']).id);
});

test('the longest prompt of a label', () => {
  expect(longestPrompt(ownSet(['a {}', 'a photo of {}', 'the {}']), 'red car')).toBe('a photo of red car');
});
