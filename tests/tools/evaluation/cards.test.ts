import { describe, expect, it, test } from 'vitest';
import { BUILT_IN_MODELS } from '../../../src/clip/built-in';
import {
  cardTables,
  replaceMarked,
  summaryTable,
  trainingText,
  type Evaluation,
  type Training,
} from '../../../tools/evaluation/cards';
import { textOf } from '../../../tools/source-files';

const evaluation = (
  JSON.parse(textOf('bench/results/evaluate-builtin.json')) as { readonly figures: Evaluation }
).figures;
const trained = JSON.parse(textOf('training/results/models.json')) as Record<string, Training>;
const names = BUILT_IN_MODELS.map(({ name }) => name);

describe('figures of the built-in models', () => {
  test('are those of every model that is shipped', () => {
    expect(Object.keys(evaluation.models)).toEqual(names);
    expect(Object.keys(trained).sort()).toEqual([...names].sort());
  });

  test('stand in the README as they were measured', () => {
    const readme = textOf('README.md');
    expect(replaceMarked(readme, 'built-in models', summaryTable(evaluation))).toBe(readme);
  });

  test.each(names)('stand in the card of %s as they were measured', (name) => {
    const card = textOf(`static/models/${name}/README.md`);
    const figures = replaceMarked(card, 'figures', cardTables(evaluation, name));
    expect(replaceMarked(figures, 'training', trainingText(trained[name]!))).toBe(card);
  });

  // The two smaller ones are within a point of each other over both styles together.
  test('are best for the largest in each unseen style', () => {
    for (const style of Object.keys(evaluation.models[names[0]!]!.styles)) {
      const top1 = names.map((name) => evaluation.models[name]!.styles[style]!.names.top1);
      expect(top1.indexOf(Math.max(...top1)), style).toBe(names.indexOf('clipscope-l'));
    }
  });
});

describe('replaceMarked', () => {
  it('replaces what stands between its markers and nothing else', () => {
    const text = 'a\n<!-- x -->\nold\n<!-- /x -->\nb <!-- y -->';
    expect(replaceMarked(text, 'x', 'new')).toBe('a\n<!-- x -->\nnew\n<!-- /x -->\nb <!-- y -->');
  });

  it('says which markers are missing', () => {
    expect(() => replaceMarked('a', 'x', 'b')).toThrow('<!-- x --> and <!-- /x --> are missing');
  });
});
