import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure';
import type { UnitRows } from '../../../src/core/unit-rows';
import type { DatasetApi, GivenDataset, RunModel } from '../../../workers/dataset-api';
import { createDatasets } from '../../../workers/evaluation/datasets';
import { memoryStorage } from '../../helpers/memory-storage';
import { tarOf } from '../../helpers/tar';

const MODEL: RunModel = { id: 'small', weights: 'abc', backend: 'wasm', arithmetic: 'fp32' };

/** Two classes of two pictures each, in folders; the pictures are their own names. */
function folder(name = 'animals'): GivenDataset {
  const paths = ['cat/1.jpg', 'cat/2.jpg', 'dog/3.jpg', 'dog/bad.jpg'];
  const files = paths.map((path) => ({ path, file: new File([path], path, { lastModified: 1 }) }));
  return { kind: 'folder', name, files };
}

const east = (texts: readonly unknown[]): UnitRows => ({
  count: texts.length,
  dim: 2,
  data: Float32Array.from(texts.flatMap(() => [1, 0])),
});

/** Embeds what is asked for, at most `batches` of two pictures, and returns what was. */
async function run(api: DatasetApi, batches = Infinity): Promise<string[]> {
  const seen: string[] = [];
  for (let count = 0; count < batches; count++) {
    const batch = await api.nextPictures(2);
    if (!batch) break;
    const names = batch.pictures.map(({ bytes }) => new TextDecoder().decode(bytes));
    seen.push(...names);
    const isBad = (name: string) => name.includes('bad');
    const failures = names.map((name) => (isBad(name) ? 'no picture' : undefined));
    await api.addPictures(batch.number, east(names.filter((name) => !isBad(name))), failures);
  }
  if (batches < Infinity) return seen;
  for (let next = await api.nextTexts(100); next; next = await api.nextTexts(100)) {
    seen.push(`${next.texts.length} texts`);
    await api.addTexts(east(next.texts));
  }
  return seen;
}

const root =
  (storage = memoryStorage()) =>
  async () =>
    storage.root;

describe('data sets of a folder', () => {
  it('are opened, run and measured', async () => {
    const api = createDatasets(root());
    expect(await api.openDataset(folder(), 'test')).toEqual({
      name: 'animals',
      split: 'test',
      task: 'classification',
      classes: 2,
      templates: 80,
      count: 4,
    });
    expect(await api.beginRun(MODEL)).toEqual({ done: 0 });
    expect(await run(api)).toEqual(['cat/1.jpg', 'cat/2.jpg', 'dog/3.jpg', 'dog/bad.jpg', '160 texts']);
    expect(await api.measureRun()).toEqual({
      metrics: { acc1: 2 / 3, acc5: null, mean_per_class_recall: 0.5 },
      task: 'zeroshot_classification',
      samples: 3,
      skipped: [{ key: 'dog/bad.jpg', message: 'no picture' }],
    });
  });

  it('go on in another visit, and cost nothing once they are through', async () => {
    const storage = memoryStorage();
    const first = createDatasets(root(storage));
    await first.openDataset(folder(), 'test');
    await first.beginRun(MODEL);
    expect(await run(first, 1)).toEqual(['cat/1.jpg', 'cat/2.jpg']);
    await first.endRun();
    const second = createDatasets(root(storage));
    await second.openDataset(folder(), 'test');
    expect(await second.beginRun(MODEL)).toEqual({ done: 2 });
    expect(await run(second)).toEqual(['dog/3.jpg', 'dog/bad.jpg', '160 texts']);
    expect(await second.beginRun(MODEL)).toEqual({ done: 4 });
    expect(await run(second)).toEqual([]);
    expect((await second.measureRun()).samples).toBe(3);
  });

  it.each([
    ['another model', { ...MODEL, weights: 'other' }, folder()],
    ['another backend', { ...MODEL, backend: 'webgpu' }, folder()],
    ['another data set', MODEL, folder('plants')],
  ])('begin anew for %s', async (_, model, given) => {
    const storage = memoryStorage();
    const api = createDatasets(root(storage));
    await api.openDataset(folder(), 'test');
    await api.beginRun(MODEL);
    await run(api);
    await api.openDataset(given, 'test');
    expect(await api.beginRun(model)).toEqual({ done: 0 });
    expect(storage.paths()).toHaveLength(2);
  });

  it('are begun once at a time', async () => {
    const storage = memoryStorage();
    const [here, there] = [createDatasets(root(storage)), createDatasets(root(storage))];
    for (const api of [here, there]) await api.openDataset(folder(), 'test');
    await here.beginRun(MODEL);
    await expect(there.beginRun(MODEL)).rejects.toThrow(expect.objectContaining({ name: 'StorageBusy' }));
    await here.endRun();
    expect(await there.beginRun(MODEL)).toEqual({ done: 0 });
  });

  it('are measured without storage too, and say so', async () => {
    const api = createDatasets(() => Promise.reject(new Failure('StorageUnavailable', 'none')));
    await api.openDataset(folder(), 'test');
    expect(await api.beginRun(MODEL)).toEqual({ done: 0, unkept: 'StorageUnavailable' });
    await run(api);
    expect((await api.measureRun()).samples).toBe(3);
    expect(await api.keptBytes()).toBe(0);
  });

  it('are reported when the disk is full, with what was kept before', async () => {
    const storage = memoryStorage();
    const api = createDatasets(root(storage));
    await api.openDataset(folder(), 'test');
    await api.beginRun(MODEL);
    await run(api, 1);
    storage.quota = (await storage.manager.estimate()).usage!;
    await expect(run(api)).rejects.toThrow(expect.objectContaining({ name: 'StorageFull' }));
    storage.quota = Infinity;
    expect(await api.beginRun(MODEL)).toEqual({ done: 2 });
  });

  it('are forgotten, except the one under way', async () => {
    const storage = memoryStorage();
    const api = createDatasets(root(storage));
    await api.openDataset(folder('old'), 'test');
    await api.beginRun(MODEL);
    await run(api);
    const old = await api.keptBytes();
    await api.openDataset(folder(), 'test');
    await api.beginRun(MODEL);
    await run(api, 1);
    expect(await api.keptBytes()).toBeGreaterThan(old);
    await api.forgetKept();
    expect(storage.paths()).toHaveLength(1);
    expect(await run(api)).toContain('dog/3.jpg');
  });
});

it('reads a data set on a hub through whoever has the network', async () => {
  const text = (content: string) => new Uint8Array(Buffer.from(content));
  const tar = tarOf(
    [
      ['s0.jpg', 'picture'],
      ['s0.cls', '1'],
    ].map(([name = '', content = '']) => ({ name, data: text(content) })),
    'pax',
  );
  const files = new Map([
    ['classnames.txt', text('a\nb\n')],
    ['test/nshards.txt', text('1\n')],
    ['test/0.tar', tar],
  ]);
  const given: GivenDataset = {
    kind: 'hub',
    hub: 'https://huggingface.co',
    repository: 'clip-benchmark/wds_letters',
    commit: 'c0ffee',
    files: [...files].map(([path, { length: byteLength }]) => ({ path, byteLength })),
  };
  const api = createDatasets(root());
  const asked: string[] = [];
  const summary = await api.openDataset(given, 'test', async (path, byteLength, start, end) => {
    asked.push(`${path} ${byteLength}`);
    return files.get(path)!.slice(start, end).buffer;
  });
  expect(summary).toMatchObject({ name: 'wds/letters', classes: 2 });
  await api.beginRun(MODEL);
  expect(await run(api)).toEqual(['picture', '160 texts']);
  expect(asked).toContain(`test/0.tar ${tar.length}`);
  await expect(api.openDataset(given, 'test')).rejects.toThrow(TypeError);
});

it('runs nothing without a data set', async () => {
  const api = createDatasets(root());
  await expect(api.beginRun(MODEL)).rejects.toThrow(expect.objectContaining({ name: 'DataSetUnclear' }));
  await expect(api.nextPictures(1)).rejects.toThrow('No data set is being evaluated');
});
