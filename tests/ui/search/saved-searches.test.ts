import { beforeEach, describe, expect, it } from 'vitest';
import type { AppState } from '../../../src/ui/app/app-state.svelte';
import { readSearches, searchText } from '../../../src/ui/search/saved-search';
import { memoryIn, modelsWorker, picture, settled, summary, testLibrary } from '../fakes';
import { testApp } from '../app/test-app';

let app: AppState;
let kept: Map<string, string>;

const open = () =>
  testApp({
    library: testLibrary([{ id: 'b', name: 'Other' }]),
    models: modelsWorker([summary('tiny')]),
    memory: memoryIn(kept),
  }).app;

beforeEach(async () => {
  kept = new Map();
  app = open();
  await app.gallery.restore();
  await app.photoImport.addFiles([picture('0.jpg', '0'), picture('30.jpg', '30')], 'chosen');
  await settled();
});

describe('saved searches', () => {
  it('bring back line, filters, order and threshold, from another page too, and on the next visit', () => {
    app.find('two cats camera:canon');
    app.results.filterBy({ from: '2024-01-01', orientation: 'square', folder: 0 });
    app.results.orderBy('newest');
    app.results.cutAt(-Infinity);
    app.savedSearches.save('cats');
    const later = open();
    later.show('label');
    later.savedSearches.use('cats');
    expect([later.tab, later.search.text]).toEqual(['search', 'two cats camera:canon']);
    expect(later.results.order).toBe('newest');
    expect(later.results.chosenThreshold).toBe(-Infinity);
    expect(later.savedSearches.words(later.savedSearches.list.get('cats')!)).toContain('since 2024-01-01');
  });

  it('look for photos like one of the library; what is gone meanwhile is told', () => {
    app.findLike(0);
    app.search.addExamples([{ kind: 'file', file: picture('x.jpg'), name: 'x.jpg' }]);
    expect(app.savedSearches.leavesOut).toBe(true);
    app.savedSearches.save('like');
    app.search.clear();
    app.savedSearches.use('like');
    expect(app.search.examples).toEqual([{ kind: 'photo', id: 0, name: '0.jpg' }]);
    expect(app.notices.problems).toEqual([]);
    app.gallery.remove([0]);
    app.savedSearches.use('like');
    expect(app.search.examples).toEqual([]);
    expect(app.notices.problems[0]?.happened).toBe('A photo of this search is no longer in the library.');
    app.results.filterBy({ folder: 77, from: '2024-01-01' });
    app.savedSearches.save('folder');
    app.savedSearches.use('folder');
    expect(app.results.filter).toEqual({ from: '2024-01-01' });
    expect(app.notices.problems[0]?.happened).toBe('The folder of this search is no longer in the library.');
  });

  it('are each library’s own', () => {
    app.find('two cats');
    app.savedSearches.save('cats');
    expect([...kept.keys()]).toContain('clipscope searches main');
    kept.set(
      'clipscope searches main',
      '[{"name":"bad"},{"name":"x","line":"","like":[],"filter":{},"order":"name"}]',
    );
    expect(open().savedSearches.list.items.map(({ name }) => name)).toEqual(['x']);
  });
});

it('a search in words', () => {
  const plain = { line: '', like: [], filter: {}, order: 'match' } as const;
  expect(searchText(plain, undefined)).toBe('all photos');
  const all = {
    line: 'two cats ',
    like: [{ kind: 'photo', id: 1, name: 'a.jpg' }],
    filter: { from: '2024-01-01', to: '2024-12-31', orientation: 'portrait' },
    order: 'oldest',
    least: 0.25,
  } as const;
  expect(searchText(all, 'Trip')).toBe(
    'two cats · like a.jpg · in Trip · since 2024-01-01 · until 2024-12-31 · portrait · oldest first · from 0.250',
  );
});

it('searches that were damaged are as if they were not there', () => {
  const good = { name: 'a', line: 'x', like: [], filter: {}, order: 'match', least: 'all' };
  const bad = [
    { ...good, order: 'random' },
    { ...good, least: '0.2' },
    { ...good, filter: { folder: -1 } },
    7,
  ];
  expect(readSearches([good, ...bad])).toEqual([good]);
  expect(readSearches({})).toEqual([]);
});
