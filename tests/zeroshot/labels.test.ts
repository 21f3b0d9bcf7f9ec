import { describe, expect, test } from 'vitest';
import { nameOfLabel, parseLabels, synonymsOf } from '../../src/zeroshot/labels';

describe('labels', () => {
  test.each([
    ['cat\ndog', ['cat', 'dog']],
    ['cat, dog,bird', ['cat', 'dog', 'bird']],
    ['cat,\r\n  a red   bus \r\rdog', ['cat', 'a red bus', 'dog']],
    ['zebra, ant, zebra', ['zebra', 'ant']],
    ['Eiffel Tower, eiffel tower', ['Eiffel Tower']],
    ["{}, $&, <b>, it's", ['{}', '$&', '<b>', "it's"]],
    [' ,\n, ', []],
    ['', []],
    // Chinese, Japanese, Arabic, Persian, Greek, Ethiopic; as spreadsheets paste.
    ['猫，狗；鸟', ['猫', '狗', '鸟']],
    ['猫、犬､鳥', ['猫', '犬', '鳥']],
    ['قطة، كلب؛ طائر', ['قطة', 'كلب', 'طائر']],
    ['γάτα; σκύλος', ['γάτα', 'σκύλος']],
    ['ድመት፣ ውሻ፤ ወፍ', ['ድመት', 'ውሻ', 'ወፍ']],
    ['cat\tdog\tbird\nhorse', ['cat', 'dog', 'bird', 'horse']],
    ['cat\u2028dog\u0085bird', ['cat', 'dog', 'bird']],
    // Letters and accents that are like commas.
    ['Hawaiʻi, Șerban', ['Hawaiʻi', 'Șerban']],
  ])('%j', (field, labels) => {
    expect(parseLabels(field)).toEqual({ labels, templates: [] });
  });

  test.each([
    ['"red, white and blue", cat', ['red, white and blue', 'cat']],
    ['cat,  “one; two” \n„drei, vier“', ['cat', 'one; two', 'drei, vier']],
    ['"红，白", "红，白"', ['红，白']],
    ['"cat"', ['cat']],
    ['6" nail, a 12" record, dog', ['6" nail', 'a 12" record', 'dog']],
    ['"cat, dog', ['"cat', 'dog']],
    ['"cat" food, dog', ['"cat" food', 'dog']],
    ['"one\ntwo"', ['"one', 'two"']],
    ['"", cat, " "', ['cat']],
  ])('in quotes: %j', (field, labels) => {
    expect(parseLabels(field)).toEqual({ labels, templates: [] });
  });
});

test.each([
  ['a drawing of a {}\ncat, dog', ['cat', 'dog'], ['a drawing of a {}']],
  ['cat\n a {c}  at night \n{} by day\na {c} at night', ['cat'], ['a {c} at night', '{} by day']],
  ['"a photo of a {}, a type of pet.", cat', ['cat'], ['a photo of a {}, a type of pet.']],
])('templates among the labels: %j', (field, labels, templates) => {
  expect(parseLabels(field)).toEqual({ labels, templates });
});

test('words that mean the same are one label, called by the first', () => {
  expect(parseLabels('dog | puppy\nDog\ncat').labels).toEqual(['dog | puppy', 'cat']);
  expect(synonymsOf('dog | puppy |')).toEqual(['dog', 'puppy']);
  expect([nameOfLabel('dog | puppy'), nameOfLabel('cat'), nameOfLabel('|')]).toEqual(['dog', 'cat', '|']);
});
