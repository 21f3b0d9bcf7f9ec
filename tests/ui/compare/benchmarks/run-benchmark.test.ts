import { expect, it } from 'vitest';
import { Gate } from '../../../../src/ui/compare/benchmarks/gate.svelte';
import { runBenchmark, type RunProgress } from '../../../../src/ui/compare/benchmarks/run-benchmark';
import { createDatasets } from '../../../../workers/evaluation/datasets';
import { memoryStorage } from '../../../helpers/memory-storage';
import { images, loadedModel, rows } from '../../fakes';

const MODEL = loadedModel();

/** Pictures of 0 and 90 degrees in two classes, and one that cannot be read. */
const FILES = ['0/a.jpg:0', '0/b.jpg:1', '90/c.jpg:89', '90/d.jpg:none', '90/e.jpg:90'].map((entry) => {
  const [path = '', content = ''] = entry.split(':');
  return { path, file: new File([content], path) };
});

/** A tower that turns pictures by their degrees, and texts by the number in them. */
const clip = {
  encodeImages: async (model: string, { count, data }: { count: number; data: Uint8Array }) => {
    const bytes = data.length / count;
    return { ...rows(model, ...Array.from({ length: count }, (_, at) => data[at * bytes]!)), nextBatch: 2 };
  },
  encodeTexts: async (model: string, texts: readonly string[]) =>
    rows(model, ...texts.map((text) => Number(/\d+/.exec(text)?.[0] ?? 0))),
};

async function opened() {
  const storage = memoryStorage();
  const evaluation = createDatasets(async () => storage.root);
  const dataset = await evaluation.openDataset({ kind: 'folder', name: 'angles', files: FILES }, 'test');
  return { evaluation, dataset };
}

it('embeds and measures, and lists what could not be read', async () => {
  const { evaluation, dataset } = await opened();
  const told: RunProgress[] = [];
  const settings: unknown[] = [];
  const result = await runBenchmark(MODEL, dataset, {
    clip,
    images: {
      prepareSample: (file, given, box) => {
        settings.push(given);
        return images.prepareSample(file, given, box);
      },
    },
    evaluation,
    gate: new Gate(),
    onProgress: (progress) => told.push(progress),
    onUnkept: () => told.push({ stage: 'texts', done: -1, total: -1 }),
  });
  expect(result.metrics).toEqual({ acc1: 1, acc5: null, mean_per_class_recall: 1 });
  expect(result.skipped).toEqual([{ key: '90/d.jpg', message: 'no picture in 4 bytes' }]);
  expect(settings).toHaveLength(5);
  expect(settings[0]).toEqual(MODEL.preprocess);
  expect(told.at(0)).toEqual({ stage: 'pictures', done: 0, total: 5 });
  expect(told.at(-1)).toEqual({ stage: 'measuring', done: 0, total: undefined });
});

it('adds nothing once it is stopped', async () => {
  const { evaluation, dataset } = await opened();
  const gate = new Gate();
  const run = runBenchmark(MODEL, dataset, {
    clip: {
      ...clip,
      encodeImages: async (...given) => {
        gate.stop();
        return clip.encodeImages(...given);
      },
    },
    images,
    evaluation,
    gate,
    onProgress: () => undefined,
    onUnkept: () => undefined,
  });
  await expect(run).rejects.toThrow(expect.objectContaining({ name: 'Cancelled' }));
  const { summary, weights, runsOn } = MODEL;
  const { backend, arithmetic } = runsOn;
  const again = await evaluation.beginRun({ id: summary.id, weights, backend, arithmetic });
  expect(again.done).toBe(0);
});
