import { expect, it } from 'vitest';
import type { Column } from '../../../../src/ui/compare/photos/column.svelte';
import {
  overlapText,
  pairText,
  phaseText,
  placeText,
  sameText,
  workText,
} from '../../../../src/ui/compare/photos/comparison-words';

const column = (parts: Partial<Column>) => parts as Column;

it.each<[Partial<Column>, string]>([
  [{ phase: 'waiting' }, 'Waiting for its turn'],
  [{ phase: 'ready', embedded: 1, isCancelled: false }, '1 photo'],
  [{ phase: 'ready', embedded: 1204, isCancelled: true }, '1,204 photos, not all'],
  [{ phase: 'failed' }, 'Stopped'],
])('a column that is %j says “%s”', (parts, text) => {
  expect(phaseText(column(parts))).toBe(text);
});

it.each<[Partial<Column>, string]>([
  [{ phase: 'loading', progress: undefined }, 'ViT · Starting'],
  [
    { phase: 'embedding', done: 40, total: 160, rate: 20 },
    'ViT · Indexing 40 of 160 · 20 photos/s · a few seconds',
  ],
  [{ phase: 'paused', done: 40, total: 160, rate: undefined }, 'ViT · Paused at 40 of 160'],
])('its work %j is “%s”', (parts, text) => {
  expect(workText(column(parts), 'ViT')).toBe(text);
});

it('says how far models agree', () => {
  expect(sameText(2, 0.7, 160)).toBe('Both give 112 photos of 160 the same first label (70.0%)');
  expect(sameText(3, 1 / 3, 3)).toBe('All three give 1 photo of 3 the same first label (33.3%)');
  expect(overlapText('a', 'b', { shared: 7, length: 10 })).toBe('7 of 10 by a and b');
  expect(pairText('a', 'b', 0.781)).toBe('a and b 78.1%');
  expect([0, 1, 2, 3, 9].map((place) => placeText('a', place))).toEqual(
    ['1st', '2nd', '3rd', '4th', '10th'].map((nth) => `a ${nth}`),
  );
  expect(placeText('a', -1)).toBe('not by a');
});
