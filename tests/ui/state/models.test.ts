import { beforeEach, describe, expect, it } from 'vitest';
import type { Backend, LoadedModel, Progress, RunsOn } from '../../../workers/api';
import { Models } from '../../../src/ui/state/models.svelte';
import { Notices } from '../../../src/ui/state/notices.svelte';
import { deferred, failure, loadedModel, settled, summary } from '../fakes';

interface Load {
  readonly id: string;
  readonly backend: Backend | 'auto';
  readonly progress: (progress: Progress) => void;
  readonly resolve: (loaded: LoadedModel) => void;
  readonly reject: (error: unknown) => void;
}

let loads: Load[] = [];
let stops = 0;
let listed = [summary('tiny'), summary('big', 'folder')];
let changes: (string | undefined)[] = [];
let notices: Notices;
let models: Models;
let addCheckpoint: () => Promise<ReturnType<typeof summary>>;

beforeEach(() => {
  loads = [];
  stops = 0;
  changes = [];
  listed = [summary('tiny'), summary('big', 'folder')];
  addCheckpoint = async () => {
    listed.push(summary('new', 'folder'));
    return summary('new', 'folder');
  };
  notices = new Notices();
  models = new Models(
    {
      clip: {
        list: async () => [...listed],
        load: (id, backend, progress) => {
          const { promise, resolve, reject } = deferred<LoadedModel>();
          loads.push({ id, backend, progress, resolve, reject });
          return promise;
        },
        addCheckpoint: () => addCheckpoint(),
        removeModel: async (id) => {
          listed = listed.filter((model) => model.id !== id);
        },
      },
      stopClip: () => stops++,
    },
    notices,
    (loaded) => changes.push(loaded?.summary.id),
  );
});

const last = () => loads.at(-1)!;
const problems = () => notices.problems.map(({ happened }) => happened);

async function ready(id: string, runsOn?: RunsOn): Promise<void> {
  expect(last().id).toBe(id);
  const loaded = loadedModel(id);
  last().resolve(runsOn ? { ...loaded, runsOn } : loaded);
  await settled();
}

async function started(id?: string, backend?: Backend): Promise<void> {
  void models.start(id, backend);
  await settled();
}

describe('Models', () => {
  it('loads the first model when none is asked for', async () => {
    await started();
    expect(models.status).toMatchObject({ phase: 'loading', id: 'tiny', name: 'Tiny' });
    expect(last().backend).toBe('auto');
    await ready('tiny');
    expect(models.ready?.summary.id).toBe('tiny');
    expect(changes).toEqual(['tiny']);
  });

  it('loads the one that is asked for', async () => {
    await started('big');
    await ready('big');
    expect(models.chosen).toBe('big');
  });

  it('says when there is no such model and loads the first', async () => {
    await started('gone');
    expect(problems()).toEqual(['There is no model “gone” on this device.']);
    await ready('tiny');
    await Promise.all([models.choose('big'), settled().then(() => ready('big'))]);
    expect(problems()).toEqual([]);
  });

  it('shows progress', async () => {
    await started();
    last().progress({ stage: 'reading', done: 1, total: 2 });
    expect(models.status).toMatchObject({ phase: 'loading', progress: { done: 1, total: 2 } });
  });

  it('is not put back by progress that comes after the answer', async () => {
    await started();
    await ready('tiny');
    last().progress({ stage: 'compiling', done: 2, total: 2 });
    expect(models.status.phase).toBe('ready');
  });

  it('drops the answer and the progress of a model that is no longer wanted', async () => {
    await started();
    const first = last();
    void models.choose('big');
    first.progress({ stage: 'reading', done: 1, total: 2 });
    first.resolve(loadedModel('tiny'));
    await settled();
    expect(models.status).toMatchObject({ phase: 'loading', id: 'big', progress: undefined });
    await ready('big');
    expect(changes).toEqual(['big']);
  });

  it('says that there is no model while another one is loading', async () => {
    await started();
    await ready('tiny');
    void models.choose('big');
    expect(models.ready).toBeUndefined();
    expect(changes).toEqual(['tiny', undefined]);
  });

  it('reports a failed load with a way to try again', async () => {
    await started();
    last().reject(failure('NetworkFailed', 'weights did not arrive'));
    await settled();
    expect(models.status).toMatchObject({ phase: 'stopped', id: 'tiny' });
    expect(problems()).toEqual(['Weights did not arrive.']);
    notices.problems[0]?.action?.run();
    await settled();
    expect(problems()).toEqual([]);
    await ready('tiny');
  });

  it('offers to choose when the forced backend cannot be had', async () => {
    void models.start(undefined, 'webgpu');
    await settled();
    expect(last().backend).toBe('webgpu');
    last().reject(failure('BackendUnavailable', 'no adapter'));
    await settled();
    expect(notices.problems[0]?.action?.label).toBe('Choose for me');
    notices.problems[0]?.action?.run();
    await settled();
    expect(models.backend).toBeUndefined();
    expect(last().backend).toBe('auto');
  });

  it('starts again by itself once after a death, with the same model', async () => {
    await started('big');
    await ready('big');
    models.lost(failure('WorkerDied'));
    await settled();
    expect(changes.at(-1)).toBeUndefined();
    expect(notices.problems).toMatchObject([{ topic: 'restart', action: undefined }]);
    await ready('big');
    expect(models.ready?.summary.id).toBe('big');
    void models.choose('tiny');
    await settled();
    expect(notices.problems).toEqual([]);
  });

  it('asks before it starts again a second time', async () => {
    await started();
    await ready('tiny');
    models.lost(failure('WorkerDied'));
    await settled();
    const restart = last();
    models.lost(failure('WorkerDied'));
    restart.reject(failure('WorkerDied'));
    await settled();
    expect(models.status).toMatchObject({ phase: 'stopped', id: 'tiny' });
    expect(notices.problems).toHaveLength(1);
    expect(notices.problems[0]?.action?.label).toBe('Start again');
    notices.problems[0]?.action?.run();
    await settled();
    await ready('tiny');
    // What the person asked for may fail once again.
    models.lost(failure('WorkerDied'));
    await settled();
    await ready('tiny');
    expect(notices.problems).toMatchObject([{ topic: 'restart', action: undefined }]);
  });

  it('takes one lost device as one, however many tell of it', async () => {
    await started();
    await ready('tiny');
    models.lost(failure('DeviceLost'));
    models.lost(failure('DeviceLost'));
    await settled();
    expect(loads).toHaveLength(2);
    expect(stops).toBe(1);
    await ready('tiny');
    expect(notices.problems).toMatchObject([{ topic: 'restart' }]);
  });

  it('says so when the backend that was asked for could not be had', async () => {
    await started(undefined, 'webgpu');
    await ready('tiny', { backend: 'wasm', device: '2 threads', reason: 'this GPU failed the self-check' });
    expect(notices.problems[0]?.happened).toBe(
      'Tiny could not be run on WebGPU: this GPU failed the self-check.',
    );
    void models.choose('tiny');
    await settled();
    await ready('tiny', { backend: 'webgpu', device: 'a GPU' });
    expect(notices.problems).toEqual([]);
  });

  it('keeps the model of the address when the worker dies before it could list any', async () => {
    const list = deferred<never>();
    models = new Models(
      {
        clip: {
          list: () => (loads.length === 0 && stops === 0 ? list.promise : Promise.resolve(listed)),
          load: (id) => {
            loads.push({ id } as Load);
            return new Promise(() => {});
          },
          addCheckpoint: () => new Promise(() => {}),
          removeModel: async () => {},
        },
        stopClip: () => {},
      },
      notices,
      () => {},
    );
    void models.start('big', 'wasm');
    list.reject(failure('WorkerDied'));
    stops = 1;
    models.lost(failure('WorkerDied'));
    await settled();
    expect(loads.map(({ id }) => id)).toEqual(['big']);
    expect(models.backend).toBe('wasm');
  });

  it('adds a checkpoint, lists it and loads it', async () => {
    await started();
    await ready('tiny');
    const added = deferred<ReturnType<typeof summary>>();
    addCheckpoint = () => added.promise;
    void models.add({ name: 'new' });
    expect(models.adding).toEqual({ name: 'new', progress: undefined });
    listed.push(summary('new', 'folder'));
    added.resolve(summary('new', 'folder'));
    await settled();
    expect(models.adding).toBeUndefined();
    expect(models.list.map(({ id }) => id)).toEqual(['tiny', 'big', 'new']);
    await ready('new');
  });

  it('reports a checkpoint that cannot be opened and keeps the model it has', async () => {
    await started();
    await ready('tiny');
    addCheckpoint = () => Promise.reject(failure('CheckpointIncomplete', 'tokenizer.json is missing'));
    await models.add({ name: 'new' });
    expect(models.adding).toBeUndefined();
    expect(problems()).toEqual(['tokenizer.json is missing.']);
    expect(models.ready?.summary.id).toBe('tiny');
  });

  it('removes a kept model and goes back to the first when it was in use', async () => {
    await started('big');
    await ready('big');
    void models.remove('big');
    await settled();
    expect(models.list.map(({ id }) => id)).toEqual(['tiny']);
    await ready('tiny');
  });

  it('goes back to the model before when loading is cancelled', async () => {
    await started();
    await ready('tiny');
    void models.choose('big');
    await settled();
    void models.cancel();
    await settled();
    expect(stops).toBe(1);
    await ready('tiny');
    expect(models.ready?.summary.id).toBe('tiny');
  });

  it('is left without a model when the first load is cancelled', async () => {
    await started();
    await models.cancel();
    expect(models.status).toEqual({ phase: 'none' });
    expect(loads).toHaveLength(1);
  });
});
