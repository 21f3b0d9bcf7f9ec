import { expect, it } from 'vitest';
import { BUILT_IN_MODELS } from '../../../src/clip/built-in';
import { FREEDOM } from '../../../src/zeroshot/learning';
import { replaceMarked } from '../../../tools/evaluation/cards';
import { learningTable, type Learning, type LearningFigures } from '../../../tools/evaluation/learning-table';
import { textOf } from '../../../tools/source-files';

const { figures } = JSON.parse(textOf('bench/results/evaluate-learning.json')) as {
  readonly figures: Learning;
};

it('stands in the README as it was measured', () => {
  const readme = textOf('README.md');
  expect(replaceMarked(readme, 'learning', learningTable(figures))).toBe(readme);
  expect(readme).toContain(`sorted under ${figures.labels} labels`);
});

it('rises above zero-shot with eight examples a label, for every model in both unseen styles', () => {
  expect(Object.keys(figures.models)).toEqual(BUILT_IN_MODELS.map(({ name }) => name));
  for (const styles of Object.values(figures.models)) {
    expect(Object.keys(styles).sort()).toEqual(['noto-v1', 'openmoji']);
    for (const byShots of Object.values(styles)) {
      expect(Object.keys(byShots)).toEqual(['1', '2', '4', '8']);
      expect(byShots['8']!.learned).toBeGreaterThan(byShots['8']!.zeroShot);
    }
  }
});

it('loses with the blend of one example and a text, over all models and styles', () => {
  const all = Object.values(figures.models).flatMap((styles) => Object.values(styles).map((of) => of['1']!));
  const mean = (of: (figures: LearningFigures) => number) =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  expect(mean((one) => one.blended)).toBeLessThan(mean((one) => one.zeroShot));
});

it('uses the freedom that was best on the styles that were trained on', () => {
  const [best] = Object.entries(figures.tried).toSorted(([, a], [, b]) => b - a)[0]!;
  expect(Number(best)).toBe(FREEDOM);
});
