import { expect, test } from 'vitest';
import { parseLabels } from '../../src/zeroshot/labels';

test.each([
  ['cat\ndog', ['cat', 'dog']],
  ['cat, dog,bird', ['cat', 'dog', 'bird']],
  ['cat,\r\n  a red   bus \r\rdog', ['cat', 'a red bus', 'dog']],
  ['zebra, ant, zebra', ['zebra', 'ant']],
  ['Eiffel Tower, eiffel tower', ['Eiffel Tower']],
  ["{}, $&, <b>, it's", ['{}', '$&', '<b>', "it's"]],
  [' ,\n, ', []],
  ['', []],
])('%j', (field, labels) => {
  expect(parseLabels(field)).toEqual(labels);
});
