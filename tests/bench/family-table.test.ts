import { expect, it } from 'vitest';
import { familyTable, type Families } from '../../bench/family-table';
import { replaceMarked } from '../../tools/evaluation/cards';
import { textOf } from '../../tools/source-files';

const { figures } = JSON.parse(textOf('bench/results/families.json')) as { readonly figures: Families };

it('stands in the README as it was measured', () => {
  const readme = textOf('README.md');
  expect(replaceMarked(readme, 'families', familyTable(figures))).toBe(readme);
});

it('has no family with less than half of the rate of the plain ViT in fp32', () => {
  const [first, ...others] = Object.entries(figures.architectures);
  expect(first?.[0]).toBe('ViT-B-16');
  expect(others.length).toBeGreaterThanOrEqual(10);
  for (const [name, { fp32 }] of others) expect(fp32.timesViT.median, name).toBeGreaterThan(0.5);
});
