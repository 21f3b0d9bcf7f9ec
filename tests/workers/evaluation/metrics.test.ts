import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../workers/evaluation/metrics';
import { randomRows, rowsAt } from '../../evaluation/rows';

const ignore = () => undefined;

describe('the evaluation worker', () => {
  it('computes what it is asked for', async () => {
    const metrics = createMetrics();
    const found = await metrics.retrieval(rowsAt(0, 90), rowsAt(10, 80), Int32Array.of(0, 0), [1], ignore);
    expect(found).toEqual({ 'image_retrieval_recall@1': 0.5, 'text_retrieval_recall@1': 0.5 });
    const classes = await metrics.classification(rowsAt(10, 80), rowsAt(0, 90), Int32Array.of(0, 1), ignore);
    expect(classes.acc1).toBe(1);
    const labels = await metrics.multilabel(rowsAt(10, 80), rowsAt(0, 90), Uint8Array.of(1, 0, 0, 1));
    expect(labels.mean_average_precision).toBe(1);
    const boxes = await metrics.ovad(Float32Array.of(0.5, -1), Int32Array.of(1, 0), ['tail']);
    expect(boxes).toMatchObject({ mAP: 100, tail: 100, head: null });
  });

  it('stops what is computed, and computes again afterwards', async () => {
    const metrics = createMetrics();
    const rows = randomRows(300, 8, 1);
    const targets = new Int32Array(300);
    const stopped = metrics.classification(rows, rows, targets, () => void metrics.stop());
    await expect(stopped).rejects.toMatchObject({ name: 'Cancelled' });
    expect((await metrics.classification(rows, rows, targets, ignore)).acc1).toBe(1 / 300);
  });
});
