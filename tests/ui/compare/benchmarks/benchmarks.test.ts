import { beforeEach, describe, expect, it } from 'vitest';
import type { ClipApi, ModelSummary } from '../../../../workers/api';
import { createDatasets } from '../../../../workers/evaluation/datasets';
import { Benchmarks, type BenchmarksParts } from '../../../../src/ui/compare/benchmarks/benchmarks.svelte';
import { Records } from '../../../../src/ui/compare/records.svelte';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import type { GivenFile } from '../../../../src/ui/kit/given-files';
import { memoryStorage } from '../../../helpers/memory-storage';
import { deferred, images, loadedModel, modelsWorker, rows, summary, until } from '../../fakes';

let calls: string[];
let records: Records;
let notices: Notices;
let benchmarks: Benchmarks;
/** What encoding pictures waits for. */
let encode: () => Promise<void>;

/** The published checkpoint, from the hub. */
const KNOWN: ModelSummary = {
  ...summary('known', 'hub'),
  repository: 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K',
  commit: 'c0ffee',
};

function openClip() {
  let id = '';
  const clip = {
    async load(asked: string) {
      calls.push(`load ${asked}`);
      id = asked;
      const model = loadedModel(asked);
      return asked === 'known' ? { ...model, summary: KNOWN } : model;
    },
    async encodeImages(model: string, { count, data }: { count: number; data: Uint8Array }) {
      calls.push(`${count} by ${id}`);
      await encode();
      const bytes = data.length / count;
      return { ...rows(model, ...Array.from({ length: count }, (_, at) => data[at * bytes]!)), nextBatch: 8 };
    },
    encodeTexts: async (model: string, texts: readonly string[]) =>
      rows(model, ...texts.map((text) => Number(/\d+/.exec(text)?.[0] ?? 0))),
  } as unknown as ClipApi;
  return { clip, end: () => void calls.push(`end ${id}`) };
}

beforeEach(() => {
  [calls, records, notices] = [[], new Records(), new Notices()];
  encode = async () => undefined;
  const storage = memoryStorage();
  const kept = [summary('tiny'), KNOWN];
  const evaluation = createDatasets(async () => storage.root);
  const parts = {
    workers: { images, evaluation, models: modelsWorker(kept), openClip },
    keptModels: { list: kept, get: (id: string) => kept.find((model) => model.id === id) },
    models: { ready: loadedModel('tiny'), backend: undefined, arithmetic: 'auto' },
    hub: {
      address: 'https://huggingface.co',
      source: (repository: string) => ({ kind: 'hub', hub: '', repository }),
      reach: async () => undefined,
    },
    notices,
    records,
    now: () => 0,
    today: () => 0,
    browser: 'Test 1',
  };
  benchmarks = new Benchmarks(parts as unknown as BenchmarksParts);
});

const FILES: readonly GivenFile[] = ['angles/0/a.jpg:0', 'angles/90/b.jpg:90', 'angles/90/c.jpg:none'].map(
  (entry) => {
    const [path = '', content = ''] = entry.split(':');
    return { ok: true, path, file: new File([content], path) };
  },
);

describe('benchmarks', () => {
  it('measure the chosen models in turn, each in a worker that is ended', async () => {
    await benchmarks.openFolder(FILES);
    expect(benchmarks.opened?.summary).toMatchObject({ name: 'angles', classes: 2, count: 3 });
    expect(benchmarks.isChosen('tiny')).toBe(true);
    benchmarks.choose('known', true);
    await benchmarks.measure();
    expect(calls).toEqual(['load tiny', '2 by tiny', 'end tiny', 'load known', '2 by known', 'end known']);
    expect(benchmarks.results.map(({ model, pretrained }) => [model, pretrained])).toEqual([
      [summary('tiny').name, ''],
      ['ViT-B-32', 'laion2b_s34b_b79k'],
    ]);
    const [, known] = benchmarks.results;
    expect(known).toMatchObject({
      dataset: 'angles',
      task: 'zeroshot_classification',
      metrics: { acc1: 1, acc5: null },
      details: { split: 'test', samples: 2, skipped: 1, modelRevision: 'c0ffee', runtime: 'Test 1' },
    });
    expect(benchmarks.repositoryOf(known!)).toBe(KNOWN.repository);
    expect(benchmarks.skipped).toEqual([{ key: '90/c.jpg', message: 'no picture in 4 bytes' }]);
    expect(benchmarks.work).toBeUndefined();
    expect(benchmarks.keptBytes).toBeGreaterThan(0);
    await benchmarks.forgetKept();
    expect(benchmarks.keptBytes).toBe(0);
    expect(notices.problems).toEqual([]);
  });

  it('stop when cancelled, and measure again afterwards', async () => {
    await benchmarks.openFolder(FILES);
    const held = deferred<undefined>();
    encode = async () => {
      await held.promise;
    };
    const first = benchmarks.measure();
    await until(() => calls.includes('2 by tiny'));
    benchmarks.cancel();
    expect(benchmarks.work).toBeUndefined();
    expect(calls).toContain('end tiny');
    encode = async () => undefined;
    const second = benchmarks.measure();
    held.resolve(undefined);
    await Promise.all([first, second]);
    expect(benchmarks.results).toHaveLength(1);
    expect(notices.problems).toEqual([]);
  });

  it('say what is wrong, and keep what was open', async () => {
    await benchmarks.openFolder(FILES);
    await benchmarks.openHub('no name');
    expect(notices.problems[0]?.happened).toContain('“no name” names no data set');
    await benchmarks.openFolder([]);
    expect(notices.problems[0]?.name).toBe('DataSetIncomplete');
    expect(benchmarks.opened?.summary.name).toBe('angles');
    benchmarks.close();
    expect(benchmarks.opened).toBeUndefined();
  });
});
