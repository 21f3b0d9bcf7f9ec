import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PartialFile } from '../../../src/storage/partial-file';
import type { Progress } from '../../../workers/api';
import { bringModel } from '../../../workers/models/bring-model';
import { makePlan } from '../../../workers/models/download-plan';
import type { DownloadPlan } from '../../../workers/models/download-record';
import { isWhole, listKept, openKept } from '../../../workers/sources/kept-store';
import { deferred } from '../../helpers/deferred';
import { memoryStorage } from '../../helpers/memory-storage';
import { openTestHub, type TestHub } from '../../helpers/hub';
import { bytesSent, testConnection } from '../../hub/fixtures';
import { builtInModel } from '../../engine/fakes';
import { configWith, digestsOf, FOLDER, memoryParts, SHAPE, WEIGHTS, type MemoryParts } from '../fixtures';

const CDN = /^\/repos\//;

let hub: TestHub;
let commit = '';
let plan: DownloadPlan;
let parts: MemoryParts;
let file: PartialFile;
beforeAll(async () => {
  hub = await openTestHub();
  ({ commit } = await hub.add('a/small', FOLDER, { licence: 'mit' }));
});
afterAll(() => hub.close());
beforeEach(async () => {
  parts = memoryParts();
  const source = { kind: 'hub', hub: hub.url, repository: 'a/small' } as const;
  plan = await makePlan({ source, name: 'small', precision: 'fp16-storage' }, parts);
  const download = await (await parts.downloads()).open('small');
  await download.save(plan);
  file = await download.file(WEIGHTS.length);
  hub.forgetRequests();
  return () => download.close();
});

interface Hooks {
  readonly told?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

const bring = ({ told = () => undefined, signal = new AbortController().signal }: Hooks = {}) =>
  bringModel(parts, 'small', plan, file, { signal, onProgress: told });

/** The files of models, finished or not. */
const modelFiles = () => parts.memory.paths().filter((path) => path.startsWith('models/'));

describe('a model that is brought', () => {
  it('is kept with every weight, and with where it came from', async () => {
    const summary = await bring();
    const about = { name: 'small', origin: 'hub', repository: 'a/small', commit, licence: 'mit' };
    expect(summary).toMatchObject({ id: 'small', ...about, ...SHAPE });
    const store = await parts.models();
    expect(await listKept(store)).toEqual([summary]);
    expect((await store.list())[0]?.sourceHash).toBe(plan.weights.sha256);
    const { source } = await openKept(store, 'small');
    expect(await digestsOf(source.image)).toEqual(await digestsOf((await builtInModel()).image));
    expect(bytesSent(hub)).toBe(WEIGHTS.length);
  });

  it('tells of the image tower while the text tower is on its way, and of all in the end', async () => {
    const told: Progress[] = [];
    await bring({ told: (progress) => void told.push(progress) });
    const ready = told.findIndex(({ imageTowerReady }) => imageTowerReady);
    expect(ready).toBeGreaterThanOrEqual(0);
    expect(told.slice(ready).every(({ imageTowerReady }) => imageTowerReady)).toBe(true);
    expect(told.at(-1)).toMatchObject({ stage: 'verifying', done: WEIGHTS.length, total: WEIGHTS.length });
  });

  it('tells a last time when it is kept', async () => {
    const isKept: boolean[] = [];
    await bring({ told: () => void isKept.push(modelFiles().includes('models/small/manifest.json')) });
    expect(isKept.at(-1)).toBe(true);
    expect(isKept.filter(Boolean)).toHaveLength(1);
  });

  it('comes of a folder without commit, licence or hash', async () => {
    const url = `${hub.url}/folder/a/small/`;
    plan = await makePlan({ source: { kind: 'folder', url }, name: 'small', precision: 'q8' }, parts);
    const summary = await bring();
    expect(summary).toMatchObject({ origin: 'hub', precision: 'q8' });
    for (const field of ['repository', 'commit', 'licence']) expect(summary).not.toHaveProperty(field);
  });
});

describe('a model that is not brought leaves none', () => {
  it('for want of room, told before more than the header is fetched', async () => {
    // fp16 with the file itself takes about 7.4 MB.
    parts.memory.quota = 7_000_000;
    await expect(bring()).rejects.toMatchObject({
      name: 'StorageFull',
      message: expect.stringMatching(
        /^The download with the model made of it needs 7,\d{3},\d{3} more bytes, and /,
      ),
    });
    expect(bytesSent(hub)).toBeLessThan(300_000);
    expect(modelFiles()).toEqual([]);
  });

  it('where the browser promised more room than there is', async () => {
    const promising = { ...parts.memory.manager, estimate: async () => ({ usage: 0, quota: 1e9 }) };
    parts.memory.quota = 5_000_000;
    parts = { ...parts, storage: promising };
    await expect(bring()).rejects.toMatchObject({ name: 'StorageFull' });
    expect(modelFiles()).toEqual([]);
  });

  it.each<[string, () => Partial<DownloadPlan>, string]>([
    ['a tokenizer of other weights', () => ({ tokenizer: '{}' }), 'TokenizerUnsupported'],
    ['a config of other weights', () => ({ config: configWith({ width: 192 }) }), 'TensorMismatch'],
    [
      'a config that leaves out the projection of its texts',
      () => ({ config: configWith({ proj_type: 'none' }) }),
      'TensorUnexpected',
    ],
  ])('with %s, told before more than the header is fetched', async (_, change, name) => {
    plan = { ...plan, ...change() };
    await expect(bring()).rejects.toMatchObject({ name });
    expect(bytesSent(hub)).toBeLessThan(300_000);
    expect(modelFiles()).toEqual([]);
  });

  it('with a wrong byte in its last tensor', async () => {
    const fault = hub.fault(CDN, { kind: 'corrupt', at: WEIGHTS.length - 1 });
    await expect(bring()).rejects.toMatchObject({ name: 'HashMismatch' });
    expect(modelFiles()).toEqual([]);
    fault.end();
  });

  it('where it is stopped once its image tower is there', async () => {
    const stop = new AbortController();
    const brought = bring({
      signal: stop.signal,
      told: ({ imageTowerReady }) => imageTowerReady && stop.abort(),
    });
    await expect(brought).rejects.toMatchObject({ name: expect.stringMatching(/^(Cancelled|AbortError)$/) });
    expect(modelFiles()).toEqual([]);
    expect(await isWhole(await parts.models(), 'small')).toBe(false);
  });

  it('with a wrong byte that is found last of all, after its conversion', async () => {
    const fault = hub.fault(CDN, { kind: 'corrupt', at: WEIGHTS.length - 1 });
    const { promise: converted, resolve } = deferred<undefined>();
    // What is read whole is read to be checked.
    const patient = async (start: number, end: number) => {
      if (end - start === WEIGHTS.length) await converted;
      return read(start, end);
    };
    const read = file.slice;
    file = Object.assign(Object.create(file) as PartialFile, { slice: patient });
    const brought = bring({ told: ({ stage }) => stage === 'verifying' && resolve(undefined) });
    await expect(brought).rejects.toMatchObject({ name: 'HashMismatch' });
    expect(modelFiles()).toEqual([]);
    fault.end();
  });

  it('where it is stopped when all but its manifest is written', async () => {
    const stop = new AbortController();
    const brought = bring({
      signal: stop.signal,
      told: ({ stage }) => stage === 'verifying' && stop.abort(),
    });
    await expect(brought).rejects.toMatchObject({ name: expect.stringMatching(/^(Cancelled|AbortError)$/) });
    expect(modelFiles()).toEqual([]);
  });

  it('where its folder was changed before the last byte was checked', async () => {
    let changed = false;
    const date = () => (changed ? 'Tuesday' : 'Monday');
    const connection = testConnection({
      fetch: async (url, init) => {
        const answer = await fetch(url, init);
        const { status, headers } = answer;
        const dated = new Headers(headers);
        if (init?.method === 'HEAD') dated.set('Last-Modified', date());
        return new Response(answer.body, { status, headers: dated });
      },
    });
    parts = { ...parts, connection };
    const source = { kind: 'folder', url: `${hub.url}/folder/a/small/` } as const;
    plan = await makePlan({ source, name: 'small', precision: 'q8' }, parts);
    expect(plan.weights.modified).toBe('Monday');
    const brought = bring({ told: ({ imageTowerReady = false }) => (changed ||= imageTowerReady) });
    await expect(brought).rejects.toMatchObject({ name: 'RevisionChanged' });
    expect(modelFiles()).toEqual([]);
  });
});

it('what has arrived of a model that was not brought is there for the next time', async () => {
  const stop = new AbortController();
  const brought = bring({
    signal: stop.signal,
    told: ({ imageTowerReady }) => imageTowerReady && stop.abort(),
  });
  await expect(brought).rejects.toThrow();
  const { arrived } = file;
  expect(arrived).toBeGreaterThan(300_000);
  hub.forgetRequests();
  await bring();
  expect(bytesSent(hub)).toBe(WEIGHTS.length - arrived);
});

it('a storage of unknown size keeps nobody from trying', async () => {
  const memory = memoryStorage();
  parts = { ...parts, storage: { ...memory.manager, estimate: async () => ({}) } };
  expect((await bring()).id).toBe('small');
});
