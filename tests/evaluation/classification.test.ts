import { describe, expect, it } from 'vitest';
import { classification } from '../../src/evaluation/classification';
import { randomRows, rowsAt, rowsOf } from './rows';

describe('classification', () => {
  it('counts the first class, the first five, and each class by its own share', async () => {
    const classes = rowsAt(0, 30, 60, 90, 120, 150);
    // Of the first class, two of three pictures are nearest to it; of the second, none.
    const metrics = await classification(rowsAt(1, 2, 40, 170), classes, [0, 0, 0, 1]);
    expect(metrics).toEqual({ acc1: 0.5, acc5: 1, mean_per_class_recall: (2 / 3 + 0) / 2 });
  });

  it('has no accuracy of the first five of four classes', async () => {
    expect(await classification(rowsAt(1), rowsAt(0, 30, 60, 90), [0])).toMatchObject({ acc5: null });
  });

  it('refuses what the reference cannot count', async () => {
    const [image, classes] = [rowsAt(1), rowsAt(0, 90)];
    await expect(classification(rowsAt(), classes, [])).rejects.toThrow('There is no picture to classify');
    await expect(classification(image, rowsAt(), [0])).rejects.toThrow(RangeError);
    await expect(classification(image, classes, [])).rejects.toThrow('1 pictures and 0 targets');
    await expect(classification(image, rowsOf(3, 1, 0, 0), [0])).rejects.toThrow('Rows of 2 and 3 numbers');
    await expect(classification(rowsOf(2, 1, 0, NaN, 1), classes, [0, 1])).rejects.toThrow('Row 1 holds NaN');
  });

  it('tells how far it is, and stops', async () => {
    const [images, classes] = [randomRows(40, 8, 1), randomRows(300, 8, 2)];
    const targets = Array.from({ length: 40 }, () => 0);
    const stop = new AbortController();
    const onProgress = (done: number, total: number) => {
      expect([done, total]).toEqual([0, 12_000]);
      stop.abort();
    };
    const stopped = classification(images, classes, targets, { signal: stop.signal, onProgress });
    await expect(stopped).rejects.toMatchObject({ name: 'Cancelled' });
  });
});
