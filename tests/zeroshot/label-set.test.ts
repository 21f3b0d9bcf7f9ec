import { describe, expect, it } from 'vitest';
import { labelSetJson, readLabelSet, readSets } from '../../src/zeroshot/label-set';
import { fieldText, parseLabels } from '../../src/zeroshot/labels';

const file = {
  format: 'clipscope label set',
  version: 1,
  name: 'Pets',
  labels: [['dog', 'puppy'], ['cat']],
};

const read = (value: object) => readLabelSet(JSON.stringify(value), 'pets.json');

describe('a label set', () => {
  it('is written as the documented JSON, and read again', () => {
    const set = { name: 'Pets', text: 'dog | puppy\n"red, white"\na drawing of a {}.' };
    const json = labelSetJson(set);
    expect(JSON.parse(json)).toEqual({
      ...file,
      labels: [['dog', 'puppy'], ['red, white']],
      templates: ['a drawing of a {}.'],
    });
    expect(readLabelSet(json, 'pets.json')).toEqual(set);
    expect(readSets(JSON.parse(JSON.stringify([set])))).toEqual([set]);
  });

  it('names its templates, and knows those of the page again', () => {
    const set = { name: 'Pets', text: 'dog', templates: 'simple' } as const;
    expect((JSON.parse(labelSetJson(set)) as { templates: unknown[] }).templates).toHaveLength(7);
    expect(readLabelSet(labelSetJson(set), 'pets.json')).toEqual(set);
  });

  it('drops what it does not know', () => {
    expect(read({ ...file, colour: 'red' })).toEqual({ name: 'Pets', text: 'dog | puppy\ncat' });
  });

  it('is read from a text with one label a line, whatever ends the lines', () => {
    const text = '\uFEFFdog\r\n\r\n red, white \rcat | kitten\na photo of a {}, a pet.\ncat';
    const set = readLabelSet(text, 'my.pets.txt');
    expect(set.name).toBe('my.pets');
    expect(parseLabels(set.text)).toEqual({
      labels: ['dog', 'red, white', 'cat | kitten'],
      templates: ['a photo of a {}, a pet.'],
    });
  });

  it.each([
    ['no format', { ...file, format: 'set' }],
    ['no labels', { ...file, labels: [] }],
    ['blank labels', { ...file, labels: [[' ']] }],
    ['labels that are no lists', { ...file, labels: ['dog'] }],
    ['an empty label', { ...file, labels: [[]] }],
    ['a label as long as a book', { ...file, labels: [['a'.repeat(2000)]] }],
    ['a name as long as a book', { ...file, name: 'a'.repeat(2000) }],
    ['an older version than the first', { ...file, version: 0 }],
  ])('with %s is unreadable', (_, value) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ name: 'LabelSetUnreadable' }));
  });

  it.each(['{', '', '\n', '\0\0\0', 'a'.repeat(2000)])('is not %j', (text) => {
    expect(() => readLabelSet(text, 'a.txt')).toThrow(
      expect.objectContaining({ name: 'LabelSetUnreadable' }),
    );
  });

  it('of a newer version says so', () => {
    expect(() => read({ format: file.format, version: 2, words: [] })).toThrow(
      expect.objectContaining({ name: 'LabelSetNewer' }),
    );
  });
});

describe('fieldText', () => {
  it('writes what parseLabels reads, with commas and quotes', () => {
    const labels = ['a "b", c', 'x；y', ' two  spaces ', '', 'plain'];
    expect(parseLabels(fieldText(labels)).labels).toEqual([`a 'b', c`, 'x；y', 'two spaces', 'plain']);
  });
});
