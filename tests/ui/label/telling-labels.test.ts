import { expect, it } from 'vitest';
import { tellingLabels } from '../../../src/ui/label/telling-labels';

const ranked = (...probabilities: number[]) =>
  probabilities.map((probability, at) => ({ label: `label ${at}`, probability }));

const told = (...probabilities: number[]) => tellingLabels(ranked(...probabilities)).length;

it('shows all of few labels, however little they fit', () => {
  expect(told(0.998, 0.002, 0, 0, 0)).toBe(5);
  expect(told()).toBe(0);
});

it('leaves out of many those that fit by less than half a percent, but never the best', () => {
  expect(told(0.9, 0.09, 0.005, 0.0049, 0.0001, 0)).toBe(3);
  expect(told(0.003, 0.002, 0.001, 0, 0, 0)).toBe(1);
});

it('shows the best few that are known of many as it would those of all', () => {
  const best = ranked(0.9, 0.09, 0.005, 0.0049);
  expect(tellingLabels(best, 4)).toHaveLength(4);
  expect(tellingLabels(best, 1000)).toHaveLength(3);
});

it('shows eight of many that fit', () => {
  expect(told(...Array<number>(10).fill(0.1))).toBe(8);
});
