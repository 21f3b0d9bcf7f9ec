import { describe, expect, it } from 'vitest';
import { restoredLayer, storedLayer, type PageLayer } from '../../../src/ui/app/layers';

const query = {
  kind: 'query',
  text: 'two cats',
  examples: [],
  tab: 'label',
  step: 3,
  least: undefined,
  model: undefined,
} as const;

describe('a layer in the history', () => {
  it.each<PageLayer>([
    query,
    { ...query, examples: [{ kind: 'photo', id: 3, name: 'a.jpg' }] },
    { ...query, least: 0.25, model: 'tiny' },
    { ...query, least: -Infinity, model: 'tiny' },
    { kind: 'sheet', name: 'models' },
    { kind: 'photo', id: 3, name: 'a.jpg', among: undefined },
    { kind: 'photo', id: 3, name: 'a.jpg', among: [3, 4] },
  ])('comes back as it was: %o', (layer) => {
    expect(restoredLayer(structuredClone(storedLayer(layer)))).toEqual(layer);
  });

  it('leaves out pictures from outside the library', () => {
    const file = { kind: 'file', file: new File([], 'a.jpg'), name: 'a.jpg' } as const;
    expect(storedLayer({ ...query, examples: [file] })).toEqual(query);
  });

  it.each([
    undefined,
    null,
    'photo',
    { kind: 'sheet', name: 'settings' },
    { kind: 'photo', id: '3', name: 'a.jpg', among: undefined },
    { kind: 'photo', id: 3, among: undefined },
    { kind: 'photo', id: 3, name: 'a.jpg', among: 'all' },
    { ...query, text: undefined },
    { ...query, tab: 'film' },
    { ...query, step: '3' },
  ])('of another version is none: %o', (value) => {
    expect(restoredLayer(value)).toBeUndefined();
  });

  it('loses examples that cannot be read', () => {
    expect(restoredLayer({ ...query, examples: [{ kind: 'photo', id: '3' }] })).toEqual(query);
  });
});
