import { beforeEach, describe, expect, it } from 'vitest';
import type { Backend, LoadedModel, ClipOptions, Progress, RunsOn } from '../../../workers/api';
import { Models } from '../../../src/ui/models/models.svelte';
import { WorkerDeath } from '../../../src/ui/kit/worker-death';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { KeptModels } from '../../../src/ui/models/kept/kept-models.svelte';
import { deferred, failure, loadedModel, memoryIn, modelsWorker, settled, summary } from '../fakes';

interface Load {
  readonly id: string;
  readonly options: ClipOptions;
  readonly progress: (progress: Progress) => void;
  readonly resolve: (loaded: LoadedModel) => void;
  readonly reject: (error: unknown) => void;
}

let loads: Load[] = [];
let stops = 0;
let unloads = 0;
let fetched: string[] = [];
/** What is remembered from visit to visit. */
let remembered: Map<string, string>;
let kept = [summary('tiny'), summary('big', 'folder')];
let changes: (string | undefined)[] = [];
let notices: Notices;
let keptModels: KeptModels;
let models: Models;

beforeEach(() => {
  loads = [];
  stops = unloads = 0;
  fetched = [];
  changes = [];
  remembered = new Map();
  kept = [summary('tiny'), summary('big', 'folder')];
  notices = new Notices();
  open(modelsWorker(kept));
});

function open(worker: ReturnType<typeof modelsWorker>): void {
  keptModels = new KeptModels({
    models: worker,
    notices,
    persist: async () => true,
    release: (id) => models.release(id),
  });
  models = new Models({
    clip: {
      load: (id, options, progress) => {
        const { promise, resolve, reject } = deferred<LoadedModel>();
        loads.push({ id, options, progress, resolve, reject });
        return promise;
      },
      unload: async () => {
        unloads++;
      },
    },
    stopClip: () => stops++,
    fetchAgain: async ({ id }) => (id === 'hubbed' ? () => void fetched.push(id) : undefined),
    keptModels,
    notices,
    memory: memoryIn(remembered),
    nameOf: (id) => (id === 'coming' ? 'Coming' : undefined),
    onChange: (loaded) => changes.push(loaded?.summary.id),
  });
}

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
  it('ends the worker of a large model when another takes its place: wasm gives no memory back', async () => {
    await started('big');
    const loaded = loadedModel('big');
    last().resolve({ ...loaded, summary: { ...loaded.summary, bytes: 1.1e9 } });
    await settled();
    void models.choose('tiny');
    expect(stops).toBe(1);
    await ready('tiny');
    void models.choose('big');
    expect(stops).toBe(1);
  });

  it('loads the first model when none is asked for', async () => {
    await started();
    expect(models.status).toMatchObject({ phase: 'loading', id: 'tiny', name: 'Tiny' });
    expect(last().options).toEqual({ backend: 'auto', arithmetic: 'auto', threads: 'one' });
    await ready('tiny');
    expect(models.ready?.summary.id).toBe('tiny');
    expect(changes).toEqual(['tiny']);
  });

  it('loads the one that is asked for', async () => {
    await started('big');
    await ready('big');
    expect(models.chosen).toBe('big');
  });

  describe('on a later visit', () => {
    /** A visit on which `id` was chosen and got ready, or not. */
    async function visit(id: string, isReady: boolean): Promise<void> {
      await started();
      await ready('tiny');
      void models.choose(id);
      if (isReady) await ready(id);
      open(modelsWorker(kept));
    }

    it('opens the model of the last visit', async () => {
      await visit('big', true);
      await started();
      await ready('big');
    });

    it('opens the one that is asked for', async () => {
      await visit('big', true);
      await started('tiny');
      await ready('tiny');
    });

    it('opens the first where that model is gone', async () => {
      await visit('big', true);
      kept = [summary('tiny')];
      open(modelsWorker(kept));
      await started();
      await ready('tiny');
    });

    it('opens the first where that model was never ready, or ended the visit on which it was opened by itself', async () => {
      await visit('big', false);
      await started();
      await ready('tiny');
      await visit('big', true);
      await started();
      expect(last().id).toBe('big');
      open(modelsWorker(kept));
      await started();
      await ready('tiny');
    });
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

  it.each([
    ['NetworkFailed', 1],
    ['BackendUnavailable', 1],
    ['ModelDamaged', 0],
  ] as const)('after %s ends %i worker, whose runtime may never start', async (name, ended) => {
    await started();
    last().reject(failure(name, 'No.'));
    await settled();
    expect(stops).toBe(ended);
    expect(models.status.phase).toBe('stopped');
  });

  it('offers to choose when the forced backend cannot be had', async () => {
    void models.start(undefined, 'webgpu');
    await settled();
    expect(last().options.backend).toBe('webgpu');
    last().reject(failure('BackendUnavailable', 'no adapter'));
    await settled();
    expect(notices.problems[0]?.action?.label).toBe('Choose for me');
    notices.problems[0]?.action?.run();
    await settled();
    expect(models.backend).toBeUndefined();
    expect(last().options.backend).toBe('auto');
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
    await ready('tiny', {
      backend: 'wasm',
      device: '2 threads',
      arithmetic: 'fp32',
      reason: 'this GPU failed the self-check',
    });
    expect(notices.problems[0]?.happened).toBe(
      'Tiny could not be run on WebGPU: this GPU failed the self-check.',
    );
    void models.choose('tiny');
    await settled();
    await ready('tiny', { backend: 'webgpu', device: 'a GPU', arithmetic: 'fp32' });
    expect(notices.problems).toEqual([]);
  });

  it('keeps the model of the address when the worker dies before any are listed', async () => {
    const list = deferred<ReturnType<typeof summary>[]>();
    open(modelsWorker(kept, { list: () => list.promise }));
    void models.start('big', 'wasm');
    models.lost(failure('WorkerDied'));
    list.resolve(kept);
    await settled();
    expect(new Set(loads.map(({ id }) => id))).toEqual(new Set(['big']));
    expect(models.backend).toBe('wasm');
  });

  it('says so when the models cannot be listed, with a way to try again', async () => {
    let attempts = 0;
    const list = async () => (attempts++ === 0 ? Promise.reject(failure('NetworkFailed', 'no list')) : kept);
    open(modelsWorker(kept, { list }));
    await started();
    expect(problems()).toEqual(['No list.']);
    notices.problems[0]?.action?.run();
    await settled();
    await ready('tiny');
  });

  it('lets go of a model before it is removed, and goes back to the first', async () => {
    await started('big');
    await ready('big');
    void keptModels.remove('big');
    await settled();
    expect(unloads).toBe(1);
    expect(keptModels.list.map(({ id }) => id)).toEqual(['tiny']);
    await ready('tiny');
  });

  it('keeps the loaded model when another one is removed', async () => {
    await started();
    await ready('tiny');
    await keptModels.remove('big');
    expect(unloads).toBe(0);
    expect(models.ready?.summary.id).toBe('tiny');
  });

  it('takes the model back that could not be removed', async () => {
    const removeModel = () => Promise.reject(failure('StorageBusy', 'another tab is at it'));
    open(modelsWorker(kept, { removeModel }));
    await started('big@160x160');
    await ready('big@160x160');
    await keptModels.remove('big');
    await settled();
    expect(problems()).toEqual(['Another tab is at it.']);
    await ready('big@160x160');
  });

  it('knows a model by its id at any image size', async () => {
    await started('big@160x160');
    expect(problems()).toEqual([]);
    expect(models.status).toMatchObject({ phase: 'loading', name: 'big' });
    await ready('big@160x160');
    expect(models.chosen).toBe('big@160x160');
  });

  it('calls a model that is still arriving by its name', async () => {
    await started();
    void models.choose('coming');
    expect(models.status).toMatchObject({ phase: 'loading', name: 'Coming' });
  });

  it('counts what the person chose, and nothing else', async () => {
    await started();
    await ready('tiny');
    void models.take('big');
    expect(models.choices).toBe(0);
    void models.choose('tiny');
    expect(models.choices).toBe(1);
  });

  it('loads again with other arithmetic', async () => {
    await started();
    await ready('tiny');
    void models.chooseArithmetic('fp32');
    await settled();
    expect(last().options).toMatchObject({ backend: 'auto', arithmetic: 'fp32' });
    await ready('tiny');
  });

  it('tells how photos may be decoded, and changes it without loading anew', async () => {
    await started();
    await ready('tiny');
    expect(models.ready).toMatchObject({ decoding: 'scaled' });
    models.chooseDecoding('exact');
    expect([models.decoding, models.ready?.decoding]).toEqual(['exact', 'exact']);
    // The library is opened again; the worker is asked for nothing.
    expect(changes).toEqual(['tiny', 'tiny']);
    expect(loads).toHaveLength(1);
    void models.choose('big');
    await settled();
    await ready('big');
    expect(models.ready?.decoding).toBe('exact');
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

  describe('a model that cannot be opened', () => {
    it.each(['NetworkFailed', 'ModelDamaged', 'OutOfMemory', 'ModelTooLarge'])(
      'with %s leaves the one that worked, and says why',
      async (name) => {
        await started();
        await ready('tiny');
        void models.choose('big');
        last().reject(failure(name, 'It is not here.'));
        await settled();
        expect(stops).toBe(0);
        await ready('tiny');
        expect(models.ready?.summary.id).toBe('tiny');
        expect(problems()).toEqual(['It is not here.']);
        notices.problems[0]?.action?.run();
        await settled();
        await ready('big');
        expect(problems()).toEqual([]);
      },
    );

    it.each([
      ['big@16000x16000', 'ModelTooLarge', 'Pictures of 16,000 x 16,000 pixels take 1,000 GB.'],
      ['big@0x0', 'ModelUnknown', 'This model reads no pictures of 0 x 0 pixels.'],
    ])('at a picture size that cannot be (%s) is opened at its own', async (id, name, message) => {
      await started(id);
      last().reject(failure(name, message));
      await settled();
      await ready('big');
      expect(problems()).toEqual([message]);
    });

    it('because the disk damaged it can be fetched again, if it came from a hub', async () => {
      kept = [summary('tiny'), summary('hubbed', 'hub'), summary('big', 'folder')];
      open(modelsWorker(kept));
      await started();
      await ready('tiny');
      for (const [id, label] of [
        ['hubbed', 'Fetch it again'],
        ['big', 'Start again'],
      ] as const) {
        void models.choose(id);
        last().reject(failure('ModelDamaged', 'The weights are damaged on this device.'));
        await settled();
        await ready('tiny');
        expect(notices.problems[0]?.action?.label).toBe(label);
        if (id === 'hubbed') notices.problems[0]?.action?.run();
      }
      expect(fetched).toEqual(['hubbed']);
    });

    it('does not send for a third where the one before fails too', async () => {
      kept = [summary('tiny'), summary('big', 'folder'), summary('third', 'folder')];
      open(modelsWorker(kept));
      await started();
      await ready('tiny');
      void models.choose('big');
      await ready('big');
      void models.choose('third');
      last().reject(failure('OutOfMemory', 'Too large.'));
      await settled();
      expect(last().id).toBe('big');
      last().reject(failure('OutOfMemory', 'Too large too.'));
      await settled();
      expect(models.status).toMatchObject({ phase: 'stopped', id: 'big' });
      expect(loads).toHaveLength(4);
    });

    it('whose weights are no numbers is deleted, one that comes with the page is not', async () => {
      await started();
      await ready('tiny');
      void models.choose('big');
      last().reject(failure('WeightsUnusable', 'It gives embeddings that are not finite.'));
      await settled();
      await ready('tiny');
      expect(keptModels.list.map(({ id }) => id)).toEqual(['tiny']);
      expect(problems()).toEqual(['It gives embeddings that are not finite.']);
      void models.choose('tiny');
      last().reject(failure('WeightsUnusable', 'No.'));
      await settled();
      expect(keptModels.list.map(({ id }) => id)).toEqual(['tiny']);
    });
  });

  describe('a model whose tokenizer does not answer', () => {
    const heldUp = (model?: string) => new WorkerDeath('clip', { by: 'tokenizer', model });

    async function hold(): Promise<void> {
      await started();
      await ready('tiny');
      void models.choose('big');
      await ready('big');
      models.lost(heldUp('big'));
      await settled();
    }

    it('is left for the one that worked before, and is marked', async () => {
      await hold();
      await ready('tiny');
      expect(models.ready?.summary.id).toBe('tiny');
      expect(models.heldUp('big')).toBe(true);
      expect(models.heldUp('big@96x96')).toBe(true);
      expect(problems()).toEqual(['The tokenizer of this model did not answer in time.']);
    });

    it('is not opened by itself on a later visit, not even where the address asks for it', async () => {
      await hold();
      open(modelsWorker(kept));
      await started();
      await ready('tiny');
      notices = new Notices();
      open(modelsWorker(kept));
      await started('big');
      expect(problems()).toEqual(['big held up this page before, so it was not opened by itself.']);
      await ready('tiny');
      void models.choose('big');
      await ready('big');
      expect(models.heldUp('big')).toBe(false);
    });

    it('while it is opened is left likewise, for another where none worked yet', async () => {
      await started('big');
      models.lost(heldUp());
      await settled();
      await ready('tiny');
      expect(models.heldUp('big')).toBe(true);
    });

    it('is not mixed up with the one that is being opened meanwhile', async () => {
      await started('big');
      await ready('big');
      void models.choose('tiny');
      models.lost(heldUp('big'));
      await settled();
      await ready('tiny');
      expect([models.heldUp('big'), models.heldUp('tiny')]).toEqual([true, false]);
    });

    it('is not blamed for a thread that the browser did not start: it is loaded again', async () => {
      await started('big');
      models.lost(new WorkerDeath('clip', { by: 'thread' }));
      expect(problems()).toEqual(['The browser did not start a thread in time.']);
      await ready('big');
      expect(loads).toHaveLength(2);
      expect(models.heldUp('big')).toBe(false);
    });

    it('and is the only one leaves none', async () => {
      kept = [summary('tiny')];
      open(modelsWorker(kept));
      await started();
      await ready('tiny');
      models.lost(heldUp('tiny'));
      await settled();
      expect(models.status).toMatchObject({ phase: 'stopped', id: 'tiny' });
      expect(loads).toHaveLength(1);
    });
  });
});
