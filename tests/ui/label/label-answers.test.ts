import { describe, expect, it } from 'vitest';
import { answerOf, LabelAnswers, type NearestLabels } from '../../../src/ui/label/label-answers.svelte';
import { rank, sigmoid, softmax } from '../../../src/zeroshot/classifier';
import { nearestQueries } from '../../../src/search/nearest-queries';
import { loadedModel } from '../fakes';

const { summary } = loadedModel();
const LABELS = Array.from({ length: 12 }, (_, at) => `label ${at}`);
const cosinesOf = (seed: number) => Float32Array.from(LABELS, (_, at) => Math.sin(seed + at * seed) / 4);

function found(ids: readonly number[], most = 9): NearestLabels {
  const cosines = Float32Array.from(ids.flatMap((id) => [...cosinesOf(id)]));
  return nearestQueries(Int32Array.from(ids), cosines, LABELS.length, most, 100);
}

const tableOf = (logitBias: number | null = null) =>
  new LabelAnswers(summary, 'key', { labels: LABELS, logitScale: 100, logitBias }, 1);

it('photos keep what the same model said of other labels until these are known', () => {
  const before = tableOf();
  before.add(found([1, 2, 3]));
  before.show();
  const scale = { labels: LABELS.map((label) => `${label}, otherwise`), logitScale: 100, logitBias: null };
  const after = new LabelAnswers(summary, 'other key', scale, 3, before);
  after.add(found([1]));
  after.show();
  expect(after.answer(1)![0]!.label).toMatch(/otherwise$/);
  expect(after.answer(2)).toBe(before.answer(2));
  expect([after.has(1), after.has(2), after.bestCosine(2)]).toEqual([true, false, undefined]);
  after.add(found([2]));
  after.show(true);
  expect(after.answer(2)![0]!.label).toMatch(/otherwise$/);
  expect(after.answer(3)).toBeUndefined();
});

describe('the labels that fit photos best', () => {
  it('have the shares that the softmax over all labels gives', () => {
    const table = tableOf();
    table.add(found([3, 8]));
    table.show();
    for (const id of [3, 8]) {
      const all = rank(LABELS, softmax(cosinesOf(id), 100));
      const best = table.answer(id)!;
      expect(best.map(({ label }) => label)).toEqual(all.slice(0, 9).map(({ label }) => label));
      for (const [at, { probability }] of best.entries()) {
        expect(probability).toBeCloseTo(all[at]!.probability, 10);
      }
    }
    expect(table.bestCosine(3)).toBe(Math.max(...cosinesOf(3)));
    expect(answerOf(table.scale, found([3], 12))).toHaveLength(12);
  });

  it('have each its own probability where the model has a logit bias', () => {
    const table = tableOf(-10);
    table.add(found([5]));
    table.show();
    const [best] = rank(LABELS, sigmoid(cosinesOf(5), 100, -10));
    expect(table.answer(5)![0]).toEqual({
      label: best!.label,
      probability: expect.closeTo(best!.probability, 12),
    });
  });

  it('come piece by piece, are shown when that is said, and are replaced in their place', () => {
    const table = tableOf();
    table.add(found([1]));
    expect(table.answer(1)).toBeUndefined();
    table.show();
    const before = table.answer(1)!;
    table.add(found([2, 4]));
    const other = found([2]);
    table.add({ ...other, ids: Int32Array.of(1) });
    table.show();
    expect(table.answer(1)).toEqual(table.answer(2));
    expect(table.answer(1)).not.toEqual(before);
    expect(table.answer(4)).toEqual(answerOf(table.scale, found([4], 9)));
    expect([table.has(4), table.has(9), table.bestCosine(9)]).toEqual([true, false, undefined]);
  });
});
