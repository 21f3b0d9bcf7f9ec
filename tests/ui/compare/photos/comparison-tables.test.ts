import { expect, it } from 'vitest';
import type { ComparedModel, ComparisonRecord } from '../../../../src/ui/compare/photos/comparison-record';
import { comparisonTables } from '../../../../src/ui/compare/photos/comparison-tables';
import type { CostFacts } from '../../../../src/ui/compare/photos/cost-words';
import { loadedModel } from '../../fakes';

function model(name: string): ComparedModel {
  const { summary, weights, runsOn } = loadedModel(name);
  return {
    ...summary,
    name,
    choice: { id: name, backend: 'auto', arithmetic: 'auto' },
    weights,
    runsOn,
    embedded: 3,
  };
}

const facts: CostFacts[] = ['small', 'large'].map((name) => ({
  model: loadedModel(name),
  firstRun: undefined,
  costs: undefined,
  published: undefined,
}));

const record: ComparisonRecord = {
  kind: 'clipscope comparison',
  version: 1,
  saved: '2026-11-30T00:00:00.000Z',
  browser: 'a test',
  photos: 3,
  models: [model('small'), { ...model('large'), decoding: 'scaled' }],
  query: {
    text: 'for a dog',
    lists: [
      [
        { photo: 'a.jpg', cosine: 0.31 },
        { photo: 'b.jpg', cosine: 0.2 },
      ],
      null,
    ],
    overlaps: [],
  },
  labels: {
    labels: ['cat', 'dog'],
    templates: ['{}'],
    models: [0, 1],
    allSame: 2 / 3,
    pairs: [],
    photos: [{ photo: 'b.jpg', first: [[{ label: 'dog', probability: 0.9 }], []] }],
  },
};

it('tells of the models, what each found and how each labelled', () => {
  const [models, query, labels] = comparisonTables(record, facts);
  expect([models?.note, models?.head]).toEqual(['Compared on 3 photos.', ['', 'small', 'large']]);
  // A record of an earlier version says nothing of it.
  expect(models?.rows).toContainEqual(['Photos read', 'exactly', 'as finely as needed']);
  expect(models?.rows.find(([name]) => name === 'Hash of the weights')).toEqual([
    'Hash of the weights',
    'f'.repeat(32),
    'f'.repeat(32),
  ]);
  expect(models?.rows.find(([name]) => name === 'On disk')).toEqual(['On disk', '5.7 MB', '5.7 MB']);
  expect(query).toEqual({
    title: 'What each finds for a dog',
    head: ['Rank', 'small', 'large'],
    rows: [
      [1, 'a.jpg 0.310', null],
      [2, 'b.jpg 0.200', null],
    ],
  });
  expect(labels?.note).toMatch('With 2 labels, all give the same first label to 66.7% of the photos');
  expect(labels?.rows).toEqual([['b.jpg', 'dog 90.0%', null]]);
});

it('has no table of what was not asked, and none without models', () => {
  const { query: _query, labels: _labels, ...plain } = record;
  expect(comparisonTables(plain, facts)).toHaveLength(1);
  expect(comparisonTables({ ...record, models: [] }, [])).toEqual([]);
});
