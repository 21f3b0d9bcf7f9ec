import { describe, expect, it } from 'vitest';
import type { UnitRows } from '../../src/core/unit-rows';
import { measure, taskName } from '../../src/evaluation/measure';

const rows = (...list: readonly (readonly [number, number])[]): UnitRows => ({
  count: list.length,
  dim: 2,
  data: Float32Array.from(list.flat()),
});
const [EAST, NORTH] = [[1, 0], [0, 1]] as const; // prettier-ignore

describe('measure', () => {
  it('classifies', async () => {
    const outcome = {
      task: 'classification',
      images: rows(EAST, NORTH),
      classifier: rows(EAST, NORTH),
      targets: [0, 0],
    } as const;
    expect(await measure(outcome)).toEqual({ acc1: 0.5, acc5: null, mean_per_class_recall: 0.5 });
  });

  it('takes several classes a picture', async () => {
    const targets = [[1, 0], [0, 1]]; // prettier-ignore
    const outcome = {
      task: 'multilabel',
      images: rows(EAST, NORTH),
      classifier: rows(NORTH, NORTH),
      targets,
    } as const;
    expect(await measure(outcome)).toEqual({ mean_average_precision: 0.75 });
  });

  it('finds pictures by captions and captions by pictures, at those k that there are', async () => {
    const texts = rows([0.9, 0.1], [0.2, 0.8], [0.3, 0.7]);
    const outcome = { task: 'retrieval', images: rows(EAST, NORTH), texts, captions: [2, 1] } as const;
    const metrics = await measure(outcome, [1, 2, 5]);
    expect(Object.keys(metrics)).toHaveLength(4);
    expect(metrics['image_retrieval_recall@1']).toBeCloseTo(2 / 3, 12);
    expect(metrics['text_retrieval_recall@1']).toBe(0.5);
    expect(metrics['image_retrieval_recall@2']).toBe(1);
  });

  it('refuses to find anything among more than there is, if nothing less is asked', async () => {
    const outcome = {
      task: 'retrieval',
      images: rows(EAST),
      texts: rows(EAST),
      captions: [1],
    } as const;
    await expect(measure(outcome, [5, 10])).rejects.toThrow('There are no first 5 of 1 pictures and 1 texts');
  });

  it('scores an attribute by the best of its texts', async () => {
    const attributes = [
      { frequency: 'head', texts: ['a', 'b'] },
      { frequency: 'tail', texts: ['c'] },
    ];
    const outcome = {
      task: 'attributes',
      images: rows(EAST, NORTH),
      texts: rows([-1, 0], NORTH, EAST),
      attributes,
      labels: [[0, 1], [1, 0]], // prettier-ignore
    } as const;
    expect(await measure(outcome)).toEqual({ mAP: 100, head: 100, medium: null, tail: 100 });
  });

  it('refuses a data set without pictures, and an unknown frequency', async () => {
    const none = {
      task: 'classification',
      images: { count: 0, dim: 0, data: new Float32Array(0) },
      classifier: rows(EAST),
      targets: [],
    } as const;
    await expect(measure(none)).rejects.toThrow('no picture');
    const odd = {
      task: 'attributes',
      images: rows(EAST),
      texts: rows(EAST),
      attributes: [{ frequency: 'often', texts: ['a'] }],
      labels: [[1]],
    } as const;
    await expect(measure(odd)).rejects.toThrow('"often"');
  });
});

it.each([
  ['classification', 'zeroshot_classification'],
  ['multilabel', 'zeroshot_classification'],
  ['retrieval', 'zeroshot_retrieval'],
  ['attributes', 'ovad'],
] as const)('%s is the task %s', (task, name) => {
  expect(taskName(task)).toBe(name);
});
