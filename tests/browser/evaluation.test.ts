import { expect, it } from 'vitest';
import { connect } from '../../src/ui/connect/connect';
import { rowsAt } from '../evaluation/rows';

const ignore = () => undefined;
const { evaluation } = connect({ clip: ignore, library: ignore, models: ignore, unkept: ignore });
const [pictures, classes] = [rowsAt(10, 80, 100), rowsAt(0, 90)];

it('measures in a worker of its own, and tells how far it is', async () => {
  const seen: number[] = [];
  const onProgress = (_: number, total: number) => seen.push(total);
  expect(await evaluation.classification(pictures, classes, Int32Array.of(0, 1, 0), onProgress)).toEqual({
    acc1: 2 / 3,
    acc5: null,
    mean_per_class_recall: 0.75,
  });
  expect(seen).toEqual([6]);
});

it('says across the boundary what does not fit', async () => {
  const wrong = evaluation.classification(pictures, classes, Int32Array.of(0), ignore);
  await expect(wrong).rejects.toThrow('3 pictures and 1 targets');
});
