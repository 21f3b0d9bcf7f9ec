import { describe, expect, test } from 'vitest';
import { speedTable, wholeSpeedTable, type Speed } from '../../bench/speed-table';
import { replaceMarked } from '../../tools/evaluation/cards';
import { textOf } from '../../tools/source-files';

const { figures } = JSON.parse(textOf('bench/results/peer.json')) as { readonly figures: Speed };

describe('the speed beside the peer', () => {
  test('stands in the README as it was measured', () => {
    const readme = textOf('README.md');
    expect(replaceMarked(readme, 'speed', speedTable(figures))).toBe(readme);
    expect(replaceMarked(readme, 'speed-whole', wholeSpeedTable(figures))).toBe(readme);
  });

  test('is read at a glance: a row for each size of photos, the tower, and what it costs', () => {
    const [, , ...rows] = speedTable(figures).trim().split('\n');
    expect(rows.map((row) => row.split(' | ')[0])).toEqual([
      ...Object.keys(figures.models['ViT-B-32']!).map((size) => `| ${size}`),
      '| the tower alone',
      '| worst cosine to the exact',
    ]);
    const { Clipscope: ours } = figures.models['ViT-B-32']!['1600 x 1200']!;
    const [peer] = Object.keys(figures.models['ViT-B-32']!['1600 x 1200']!);
    const cells = rows[1]!.split(' | ');
    expect(cells[1]).toBe(ours!.photosPerSecond.median.toPrecision(3));
    expect(cells.at(-1)).toContain(ours!.times[peer!]!.median.toFixed(2));
  });

  test('was measured in at least three rounds, with both sides, on every size of photos', () => {
    expect(figures.rounds).toBeGreaterThanOrEqual(3);
    for (const sizes of Object.values(figures.models)) {
      expect(Object.keys(sizes)).toEqual(['500 x 375', '1600 x 1200', '4032 x 3024']);
      for (const sides of Object.values(sizes)) expect(Object.keys(sides)).toContain('Clipscope');
    }
    const [peer] = Object.keys(figures.models['ViT-B-32']!['1600 x 1200']!);
    expect(peer).toMatch(/^transformers\.js/);
  });

  test('has no embedding that is off, where everything is exact', () => {
    for (const sizes of Object.values(figures.models))
      for (const sides of Object.values(sizes))
        expect(sides['Clipscope, everything exact']!.cosine.worst).toBeGreaterThan(0.99999);
  });
});
