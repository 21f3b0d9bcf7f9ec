import { expect, it } from 'vitest';
import { entryOfRepository } from '../../../../src/clip/catalogue';
import { publishedOf } from '../../../../src/ui/compare/photos/comparison-record';
import {
  costLines,
  durationText,
  timesText,
  type CostFacts,
} from '../../../../src/ui/compare/photos/cost-words';
import type { Costs } from '../../../../src/ui/compare/photos/costs';
import { loadedModel } from '../../fakes';

it.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [999, '999 ms'],
  [999.6, '1.0 s'],
  [61_234, '61.2 s'],
])('%f milliseconds are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

const times = { median: 24.2, quartiles: [23, 26], runs: 5 } as const;
const costs: Costs = {
  single: times,
  best: { ...times, median: 12, batch: 4 },
  query: times,
  photosPerSecond: 41,
  photos: 16,
  wasmBytes: 63e6,
};

const built: CostFacts = {
  model: loadedModel(),
  firstRun: undefined,
  costs: undefined,
  published: undefined,
};

it('has a line for what is known of one model at least, and no text for the others', () => {
  const model = {
    ...loadedModel('vit', 'hub'),
    runsOn: { backend: 'webgpu', device: '', arithmetic: 'fp32' } as const,
  };
  const firstRun = { opening: 1234, pictures: { count: 4, milliseconds: 300 } };
  const published = publishedOf('laion/CLIP-ViT-B-32-laion2B-s34B-b79K');
  expect(published).toBeDefined();
  const lines = costLines([built, { model, firstRun, costs, published }]);
  expect(Object.fromEntries(lines.map(({ title, texts }) => [title, texts]))).toEqual({
    'A picture alone': [undefined, '24 ms (23–26)'],
    'A picture of a batch': [undefined, '12 ms (23–26), 4 at once'],
    'From file to embedding': [undefined, '41 photos/s'],
    'A query': [undefined, '24 ms (23–26)'],
    Opening: [undefined, '1.2 s'],
    'First pictures': [undefined, '4 in 300 ms'],
    Weights: ['2.9 M', '2.9 M'],
    Download: ['5.7 MB, with the page', '605 MB, by the catalogue'],
    'On disk': ['5.7 MB', '5.7 MB'],
    'WASM memory': [undefined, '63 MB'],
    'On the GPU, estimated': [undefined, 'about 11 MB'],
    'ImageNet, published': [undefined, '66.6%'],
  });
});

it('has no line for what is known of none', () => {
  expect(costLines([built]).map(({ title }) => title)).toEqual(['Weights', 'Download', 'On disk']);
  expect(timesText(times)).toBe('24 ms (23–26)');
  expect(timesText({ median: 1200, quartiles: [900, 1300], runs: 5 })).toBe('1.2 s (0.9–1.3)');
});

it('finds published figures with their source, and none for a model that nobody published', () => {
  const repository = 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K';
  expect(publishedOf(repository)?.accuracy?.imagenetTop1).toBe(
    entryOfRepository(repository)?.accuracy?.imagenetTop1,
  );
  expect(publishedOf(repository)?.accuracy?.source.citation).not.toBe('');
  expect(publishedOf('nobody/nothing')).toBeUndefined();
  expect(publishedOf(undefined)).toBeUndefined();
});
