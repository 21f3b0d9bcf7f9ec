import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../../src/clip/catalogue';
import type { EvaluationResult } from '../../../../src/evaluation/results';
import { PRESETS } from '../../../../src/ui/compare/benchmarks/presets';
import { publishedOn, sourceOf } from '../../../../src/ui/compare/benchmarks/published';
import {
  figureOf,
  metricsOf,
  metricTitle,
  pointsText,
  resultRows,
  valueText,
} from '../../../../src/ui/compare/benchmarks/result-rows';

const result = (model: string, metrics: EvaluationResult['metrics']): EvaluationResult => ({
  dataset: 'wds/x',
  model,
  pretrained: '',
  task: 'zeroshot_classification',
  metrics,
  language: 'en',
});
const PUBLISHED = [
  { name: 'A', repository: 'Laion/A', metrics: { acc1: 0.6 } },
  { name: 'B', repository: 'laion/b', metrics: { acc1: 0.7 } },
];

describe('rows', () => {
  const mine = result('mine', { acc1: 0.5, acc5: null });
  const same = result('B', { acc1: 0.7012 });
  const rows = resultRows([mine, same], PUBLISHED, (one) => (one === same ? 'LAION/B' : undefined));

  it('have what was measured first, beside what was published of the same model', () => {
    expect(rows.map(({ name, measured, published }) => [name, measured?.model, published?.name])).toEqual([
      ['mine', 'mine', undefined],
      ['B', 'B', 'B'],
      ['A', undefined, 'A'],
    ]);
    expect(metricsOf(rows)).toEqual(['acc1', 'acc5']);
  });

  it('tell the difference in points where there are both', () => {
    const [first, second, third] = rows.map((row) => figureOf(row, 'acc1'));
    expect(first).toEqual({ measured: 0.5, published: undefined, points: undefined });
    expect(second!.points).toBeCloseTo(0.12, 10);
    expect(third).toEqual({ measured: undefined, published: 0.6, points: undefined });
  });

  it('take OVAD’s percentages as they are', () => {
    const ovad = {
      name: 'B',
      measured: result('B', { mAP: 16.5 }),
      published: { ...PUBLISHED[1]!, metrics: { mAP: 16.97 } },
    };
    expect(figureOf(ovad, 'mAP').points).toBeCloseTo(-0.47, 10);
    expect(valueText('mAP', 16.97)).toBe('16.97');
  });
});

it.each([
  ['acc1', 0.64251, '64.25'],
  ['acc5', null, '–'],
  ['acc5', undefined, ''],
] as const)('writes %s %s as %s', (metric, value, text) => {
  expect(valueText(metric, value)).toBe(text);
});

it.each([
  [0.1234, '+0.12'],
  [-0.03, '−0.03'],
  [-0.001, '0.00'],
])('writes %s points as %s', (points, text) => {
  expect(pointsText(points)).toBe(text);
});

it.each([
  ['acc1', 'First answer right'],
  ['image_retrieval_recall@1', 'Photo by caption, the first'],
  ['text_retrieval_recall@10', 'Caption by photo, first 10'],
  ['lp_acc1', 'lp_acc1'],
])('calls %s "%s"', (metric, title) => {
  expect(metricTitle(metric)).toBe(title);
});

describe('presets', () => {
  it.each(PRESETS.map((preset) => [preset.title, preset] as const))(
    '%s has published figures of known models, with their source',
    (_, { name }) => {
      const figures = publishedOn(name);
      expect(figures.length).toBeGreaterThan(0);
      expect(sourceOf(name)).toContain('github.com/');
      for (const { name: model, repository } of figures) expect(model).not.toBe(repository);
    },
  );

  it('say of the catalogue’s models what the catalogue says', () => {
    const imagenet = new Map(
      publishedOn('wds/imagenet1k').map((one) => [one.repository, one.metrics['acc1']]),
    );
    const flickr = new Map(publishedOn('wds/flickr30k').map((one) => [one.repository, one.metrics]));
    const entries = CATALOGUE.filter(({ accuracy }) => accuracy?.source === 'results');
    expect(entries.length).toBeGreaterThan(20);
    for (const { repository, accuracy, retrieval } of entries) {
      expect(imagenet.get(repository)).toBe(accuracy?.imagenetTop1);
      if (retrieval?.source !== 'retrieval') continue;
      expect(flickr.get(repository)?.['image_retrieval_recall@5']).toBe(retrieval.flickr30kAt5?.textToImage);
    }
  });
});
