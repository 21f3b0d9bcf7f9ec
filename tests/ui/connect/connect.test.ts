import { expose } from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClipOptions } from '../../../workers/api';
import { connect, imagePool, imageWorkers, type Workers } from '../../../src/ui/connect/connect';
import type { PreprocessSettings } from '../../../src/core/preprocess-settings';
import { resizedFrame } from '../../../src/image/frame';
import { deferred, failure, fetchRequest, loadedModel, rows, settled, until } from '../fakes';

/** Every worker that was started, by kind. */
let started: StubWorker[] = [];
let deaths: string[] = [];

/** A worker of this thread: what it is told arrives at an `api` exposed on the other end of a channel. */
class StubWorker extends EventTarget {
  readonly kind: string;
  readonly name: string;
  readonly #ports = new MessageChannel();
  ended = false;

  constructor(address: URL, { name }: { name: string }) {
    super();
    this.kind = /(\w+)\.worker/.exec(address.href)![1]!;
    this.name = name;
    this.#ports.port1.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent('message', { data }));
    expose(apis[this.kind], this.#ports.port2);
    started.push(this);
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#ports.port1.postMessage(message, transfer);
  }

  terminate(): void {
    this.ended = true;
    this.#ports.port1.close();
  }
}

const never = new Promise<never>(() => {});
const AUTO: ClipOptions = { backend: 'auto', arithmetic: 'auto', threads: 'all' };
let apis: Record<string, Record<string, (...given: never[]) => unknown>> = {};
let workers: Workers;

beforeEach(() => {
  started = [];
  deaths = [];
  apis = { clip: {}, library: {}, image: {}, models: {} };
  vi.stubGlobal('Worker', StubWorker);
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
  workers = connect({
    clip: () => deaths.push('clip'),
    library: () => deaths.push('library'),
    models: () => deaths.push('models'),
    unkept: (reason) => deaths.push(`unkept: ${reason}`),
  });
});

afterEach(() => {
  for (const worker of started) worker.terminate();
  vi.unstubAllGlobals();
});

const kill = (worker: StubWorker | undefined) => worker?.dispatchEvent(new Event('error'));

describe('connect', () => {
  it('starts a worker with its first call, and only that one', async () => {
    apis['library']!['open'] = () => Int32Array.of(1, 2);
    expect(started).toEqual([]);
    expect(await workers.library.open('tiny', 2, 'f')).toEqual(Int32Array.of(1, 2));
    await workers.library.open('tiny', 2, 'f');
    expect(started.map(({ kind }) => kind)).toEqual(['library']);
  });

  it('opens clip workers besides its own; each ends alone, and all when the page is left', async () => {
    apis['clip']!['encodeTexts'] = () => rows('tiny', 0);
    const others = [workers.openClip(), workers.openClip()];
    expect(started).toEqual([]);
    for (const { clip } of [workers, ...others]) await clip.encodeTexts('tiny', ['a cat']);
    others[0]!.end();
    expect(started.map(({ kind, ended }) => [kind, ended])).toEqual([
      ['clip', false],
      ['clip', true],
      ['clip', false],
    ]);
    kill(started[2]);
    expect(deaths).toEqual([]);
    await others[1]!.clip.encodeTexts('tiny', ['a cat']);
    workers.leave();
    expect(started.map(({ ended }) => ended)).toEqual([true, true, true, true]);
  });

  it('ends every worker when the page is left, and starts none after that', async () => {
    apis['models']!['list'] = () => never;
    apis['library']!['open'] = () => Int32Array.of(1);
    await workers.library.open('tiny', 2, 'f');
    const listing = expect(workers.models.list()).rejects.toMatchObject({ name: 'WorkerDied' });
    workers.leave();
    await listing;
    expect(started.map(({ kind, ended }) => [kind, ended])).toEqual([
      ['library', true],
      ['models', true],
    ]);
    let isSettled = false;
    void workers.library.open('tiny', 2, 'f').finally(() => (isSettled = true));
    await settled();
    expect([started.length, isSettled, deaths]).toEqual([2, false, []]);
  });

  it('gives every worker a name of its own', async () => {
    apis['library']!['open'] = () => null;
    apis['models']!['list'] = () => [];
    await Promise.all([workers.library.open('tiny', 2, 'f'), workers.models.list()]);
    expect(new Set(started.map(({ name }) => name)).size).toBe(2);
  });

  it('starts another clip worker for a model that needs other threads', async () => {
    const asked: string[] = [];
    apis['clip']!['load'] = async (id: string) => {
      asked.push(`${id} ${started.length}`);
      return loadedModel();
    };
    for (const [id, threads] of [
      ['tiny', 'one'],
      ['small', 'one'],
      ['large', 'all'],
      ['tiny', 'one'],
    ] as const)
      await workers.clip.load(id, { ...AUTO, threads }, () => {});
    expect(asked).toEqual(['tiny 1', 'small 1', 'large 2', 'tiny 3']);
    expect(started.map(({ ended }) => ended)).toEqual([true, true, false]);
    expect(deaths).toEqual([]);
  });

  it('passes progress on', async () => {
    apis['clip']!['load'] = async (
      _id: string,
      _options: unknown,
      onProgress: (p: unknown) => Promise<void>,
    ) => {
      await onProgress({ stage: 'reading', done: 1, total: 2 });
      return loadedModel();
    };
    const told: unknown[] = [];
    const loaded = await workers.clip.load('tiny', AUTO, (progress) => told.push(progress));
    expect(loaded).toEqual(loadedModel());
    expect(told).toEqual([{ stage: 'reading', done: 1, total: 2 }]);
  });

  it('reaches a method that only the interface and the worker know', async () => {
    interface Later {
      later(first: number, onProgress: (done: number) => void, names: string[]): Promise<string>;
    }
    const { clip, library, images: image, models } = workers;
    for (const [kind, worker] of Object.entries({ clip, library, image, models })) {
      apis[kind]!['later'] = async (
        first: number,
        onProgress: (d: number) => Promise<void>,
        names: string[],
      ) => {
        await onProgress(first + 1);
        return `${kind} ${names.join(' ')}`;
      };
      const told: number[] = [];
      const answer = (worker as unknown as Later).later(1, (done) => told.push(done), ['a', 'b']);
      expect(await answer).toBe(`${kind} a b`);
      expect(told).toEqual([2]);
    }
    expect(started.map(({ kind }) => kind).sort()).toEqual(['clip', 'image', 'library', 'models']);
  });

  it('is not taken for a promise where a worker is awaited', async () => {
    const library = await Promise.resolve(workers.library);
    expect(library).toBe(workers.library);
    expect(started).toEqual([]);
  });

  it('hands pictures and rows over instead of copying them', async () => {
    apis['clip']!['encodeImages'] = () => rows('tiny', 0);
    apis['library']!['add'] = () => undefined;
    const pictures = { count: 1, height: 1, width: 1, data: Uint8Array.of(1, 2, 3) };
    const made = await workers.clip.encodeImages('tiny', pictures);
    expect(pictures.data.byteLength).toBe(0);
    apis['clip']!['encodeFrames'] = (_model: string, given: unknown[]) => rows('tiny', ...given.map(() => 0));
    const settings = { size: [1, 1] } as unknown as PreprocessSettings;
    const frames = [9, 8].map((level) => resizedFrame(Uint8Array.of(level, level, level), settings));
    expect((await workers.clip.encodeFrames('tiny', frames)).count).toBe(2);
    expect(frames.map(({ data }) => data.byteLength)).toEqual([0, 0]);
    await workers.library.add([], made, new Map());
    expect(made.data.byteLength).toBe(0);
  });

  it('keeps a failure’s name and message', async () => {
    apis['clip']!['encodeTexts'] = () => Promise.reject(failure('DeviceLost', 'gone'));
    await expect(workers.clip.encodeTexts('tiny', ['a'])).rejects.toMatchObject({
      name: 'DeviceLost',
      message: 'gone',
    });
  });

  it('rejects the calls of a worker that died, tells of it, and starts another with the next call', async () => {
    apis['models']!['list'] = () => never;
    const call = workers.models.list();
    kill(started[0]);
    await expect(call).rejects.toMatchObject({ name: 'WorkerDied', worker: 'models' });
    expect(deaths).toEqual(['models']);
    apis['models']!['list'] = () => [];
    expect(await workers.models.list()).toEqual([]);
    expect(started).toHaveLength(2);
    expect(started[0]!.name).not.toBe(started[1]!.name);
  });

  it('opens the library again in the worker that takes a dead one’s place, before anything else', async () => {
    let calls: string[] = [];
    apis['library'] = {
      libraries: () => calls.push('libraries'),
      restore: (id: string) => calls.push(`restore ${id}`),
      open: () => calls.push('open'),
    };
    await workers.library.libraries();
    await workers.library.restore('w');
    expect(calls).toEqual(['libraries', 'restore w']);
    calls = [];
    kill(started[0]);
    await workers.library.open('tiny', 2, 'f');
    expect(calls).toEqual(['restore w', 'open']);
  });

  it('tells why the worker that took a dead one’s place keeps nothing', async () => {
    apis['library'] = { restore: () => ({}), open: () => undefined };
    await workers.library.restore('w');
    kill(started[0]);
    await workers.library.open('tiny', 2, 'f');
    expect(deaths).toEqual(['library']);
    apis['library']['restore'] = () => ({ unkept: 'StorageBusy' });
    kill(started[1]);
    await workers.library.open('tiny', 2, 'f');
    expect(deaths).toEqual(['library', 'library', 'unkept: StorageBusy']);
  });

  it('passes the progress of a download on, and ends it with its worker', async () => {
    const ended = deferred<undefined>();
    apis['models']!['fetchModel'] = async (_request: unknown, onProgress: (p: unknown) => Promise<void>) => {
      await onProgress({ stage: 'downloading', done: 1, total: 2 });
      ended.resolve(undefined);
      return never;
    };
    const told: unknown[] = [];
    const call = workers.models.fetchModel(fetchRequest('ViT-B-32'), (progress) => told.push(progress));
    await ended.promise;
    expect(told).toEqual([{ stage: 'downloading', done: 1, total: 2 }]);
    workers.stopModels();
    await expect(call).rejects.toMatchObject({ name: 'WorkerDied' });
    expect(deaths).toEqual([]);
  });

  it('stops the model worker on demand without calling that a death', async () => {
    apis['clip']!['load'] = () => never;
    const call = workers.clip.load('tiny', AUTO, () => {});
    workers.stopClip();
    await expect(call).rejects.toMatchObject({ name: 'WorkerDied' });
    expect(deaths).toEqual([]);
  });
});

describe('the image workers', () => {
  const { preprocess } = loadedModel();
  const good = { ok: true, pixels: Uint8Array.of(1, 2, 3), width: 1, height: 1 };

  it.each([
    [1, 1],
    [2, 2],
    [4, 4],
    [64, 4],
  ])('on %i cores there are %i', (cores, size) => {
    expect(imageWorkers(cores)).toBe(size);
  });

  it('take one picture each; the others wait', async () => {
    const answers = [deferred(), deferred(), deferred()];
    let begun = 0;
    apis['image']!['prepare'] = () => answers[begun++]!.promise;
    const all = answers.map(() => workers.images.prepare(new Blob(), preprocess, 0));
    await until(() => begun === 2);
    await settled();
    expect(begun).toBe(2);
    answers[1]!.resolve(good);
    await until(() => begun === 3);
    answers[0]!.resolve(good);
    answers[2]!.resolve(good);
    expect(await Promise.all(all)).toEqual([good, good, good]);
    expect(started).toHaveLength(2);
  });

  it('try a picture that killed its worker once more', async () => {
    let begun = 0;
    apis['image']!['prepare'] = () => (begun++ === 0 ? never : good);
    const call = workers.images.prepare(new Blob(), preprocess, 0);
    await until(() => begun === 1);
    kill(started[0]);
    expect(await call).toEqual(good);
    expect(deaths).toEqual([]);
  });

  it('give a picture up that killed two, and go on with the next', async () => {
    let begun = 0;
    apis['image']!['prepare'] = () => (begun++ < 2 ? never : good);
    const call = workers.images.prepare(new Blob(), preprocess, 0);
    await until(() => begun === 1);
    kill(started[0]);
    await until(() => begun === 2);
    kill(started[1]);
    expect(await call).toMatchObject({ ok: false, name: 'WorkerDied' });
    expect(await workers.images.prepare(new Blob(), preprocess, 0)).toEqual(good);
  });

  it('pass other failures on and stay in use', async () => {
    const line = { call: () => Promise.reject(failure('NetworkFailed')), end: () => {} };
    const pool = imagePool(1, () => line);
    await expect(pool.prepare(new Blob(), preprocess, 0)).rejects.toMatchObject({ name: 'NetworkFailed' });
    await expect(pool.prepare(new Blob(), preprocess, 0)).rejects.toMatchObject({ name: 'NetworkFailed' });
  });
});
