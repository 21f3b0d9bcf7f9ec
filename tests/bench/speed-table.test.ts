import { describe, expect, test } from 'vitest';
import { speedTable, type Speed } from '../../bench/speed-table';
import { replaceMarked } from '../../tools/evaluation/cards';
import { textOf } from '../../tools/source-files';

const { figures } = JSON.parse(textOf('bench/results/peer.json')) as { readonly figures: Speed };

describe('the speed beside the peer', () => {
  test('stands in the README as it was measured', () => {
    const readme = textOf('README.md');
    expect(replaceMarked(readme, 'speed', speedTable(figures))).toBe(readme);
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
