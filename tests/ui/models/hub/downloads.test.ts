import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelSummary, Progress } from '../../../../workers/api';
import type { FetchRequest } from '../../../../workers/models-api';
import { Downloads } from '../../../../src/ui/models/hub/downloads.svelte';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import { deferred, failure, fetchRequest, memoryIn, settled, summary } from '../../fakes';

interface Fetch {
  readonly request: FetchRequest;
  readonly progress: (progress: Progress) => void;
  readonly resolve: (model: ModelSummary) => void;
  readonly reject: (error: unknown) => void;
}

let fetches: Fetch[];
let stops: string[];
let ended: string[];
let gone: string[];
let notices: Notices;
let memory: Map<string, string>;
let downloads: Downloads;
let stopFetching: (id: string, how: string) => Promise<void>;

beforeEach(() => {
  fetches = [];
  stops = [];
  ended = [];
  gone = [];
  notices = new Notices();
  memory = new Map();
  stopFetching = async (id, how) => {
    stops.push(`${how} ${id}`);
    fetches.at(-1)?.reject(failure('Cancelled'));
  };
  downloads = new Downloads({
    models: {
      idOf: async ({ name }) => `id-${name}`,
      fetchModel: (request, progress) => {
        const { promise, resolve, reject } = deferred<ModelSummary>();
        fetches.push({ request, progress, resolve, reject });
        return promise;
      },
      stopFetching: (id, how) => stopFetching(id, how),
    },
    notices,
    memory: memoryIn(memory),
    choices: () => 3,
    onGone: (id) => gone.push(id),
    onEnd: ({ id }, { choices }) => ended.push(`${id} after ${choices} choices`),
  });
});

const phases = () => downloads.list.map(({ request, status }) => `${request.name} ${status.phase}`);
const status = (name: string) => downloads.get(`id-${name}`)?.status;
const problems = () => notices.problems.map(({ happened }) => happened);

async function start(...names: string[]): Promise<void> {
  for (const name of names) await downloads.start(fetchRequest(name));
  await settled();
}

describe('Downloads', () => {
  it('fetch one model at a time, the others wait in line', async () => {
    await start('B', 'L');
    expect(phases()).toEqual(['B downloading', 'L waiting']);
    expect(fetches).toHaveLength(1);
    fetches[0]!.resolve(summary('id-B', 'hub'));
    await settled();
    expect(phases()).toEqual(['L downloading']);
    expect(ended).toEqual(['id-B after 3 choices']);
    expect(fetches[1]!.request.name).toBe('L');
  });

  it('tell how far they are, how fast, and when the image tower is here', async () => {
    await start('B');
    const amount = { done: 312e6, total: 605e6, bytesPerSecond: 24e6, secondsLeft: 12 };
    fetches[0]!.progress({ stage: 'downloading', ...amount, imageTowerReady: true });
    expect(status('B')).toEqual({ phase: 'downloading', ...amount });
    fetches[0]!.progress({ stage: 'verifying', done: 1, total: 2 });
    expect(status('B')).toEqual({ phase: 'verifying', done: 1, total: 2 });
    expect(downloads.list[0]?.imageTowerReady).toBe(true);
  });

  it('go on by themselves when there is a network again, if that was what they lacked', async () => {
    await start('B');
    fetches[0]!.reject(failure('Offline'));
    await settled();
    expect(phases()).toEqual(['B failed']);
    downloads.wentOnline();
    expect(phases()).toEqual(['B downloading']);
    fetches[1]!.reject(failure('HubBusy'));
    await settled();
    downloads.wentOnline();
    expect(phases()).toEqual(['B failed']);
  });

  it('tell when nothing is left of them: cancelled, or not what they should be', async () => {
    await start('B', 'L', 'H');
    fetches[0]!.reject(failure('NetworkFailed'));
    await settled();
    expect(gone).toEqual([]);
    fetches[1]!.reject(failure('HashMismatch'));
    await settled();
    expect(gone).toEqual(['id-L']);
    await downloads.cancel('id-H');
    expect(gone).toEqual(['id-L', 'id-H']);
  });

  it('are paused where they are, and go on', async () => {
    await start('B');
    fetches[0]!.progress({ stage: 'downloading', done: 1, total: 4 });
    await downloads.pause('id-B');
    fetches[0]!.progress({ stage: 'downloading', done: 2, total: 4 });
    await settled();
    expect(status('B')).toEqual({ phase: 'paused', done: 1, total: 4 });
    expect(stops).toEqual(['pause id-B']);
    expect(problems()).toEqual([]);
    downloads.resume('id-B');
    expect(phases()).toEqual(['B downloading']);
    expect(fetches).toHaveLength(2);
  });

  it('go on only when the worker has let go', async () => {
    const stopped = deferred<undefined>();
    stopFetching = () => stopped.promise;
    await start('B');
    void downloads.pause('id-B');
    downloads.resume('id-B');
    fetches[0]!.reject(failure('Cancelled'));
    await settled();
    expect(phases()).toEqual(['B waiting']);
    stopped.resolve(undefined);
    await settled();
    expect(phases()).toEqual(['B downloading']);
  });

  it('make room for the next when one is paused', async () => {
    await start('B', 'L');
    await downloads.pause('id-B');
    await settled();
    expect(phases()).toEqual(['B paused', 'L downloading']);
  });

  it('are forgotten when they are cancelled, and what arrived is deleted', async () => {
    await start('B');
    await downloads.cancel('id-B');
    await settled();
    expect(phases()).toEqual([]);
    expect(stops).toEqual(['discard id-B']);
    expect(problems()).toEqual([]);
  });

  it('that fail say why and can go on', async () => {
    await start('B', 'L');
    fetches[0]!.progress({ stage: 'downloading', done: 1, total: 4 });
    fetches[0]!.reject(failure('Offline'));
    await settled();
    expect(status('B')).toEqual({ phase: 'failed', remedy: 'resume', done: 1, total: 4 });
    expect(problems()).toEqual(['This device is offline.']);
    expect(phases()).toEqual(['B failed', 'L downloading']);
    downloads.resume('id-B');
    expect(problems()).toEqual([]);
    expect(phases()).toEqual(['B waiting', 'L downloading']);
  });

  it('whose checkpoint is at fault cannot go on', async () => {
    await start('B');
    fetches[0]!.reject(failure('UnsupportedSetting', 'vision_cfg.x is not run'));
    await settled();
    expect(status('B')).toMatchObject({ phase: 'failed', remedy: 'none' });
  });

  it('begin anew where the hub has another revision', async () => {
    await start('B');
    fetches[0]!.reject(failure('RevisionChanged', 'it moved'));
    await settled();
    stopFetching = async (id, how) => void stops.push(`${how} ${id}`);
    downloads.resume('id-B');
    await settled();
    expect(stops).toEqual(['discard id-B']);
    expect(phases()).toEqual(['B downloading']);
  });

  it('take the tokenizer that was missing', async () => {
    await start('B');
    fetches[0]!.reject(failure('TokenizerMissing', 'none'));
    await settled();
    expect(status('B')).toMatchObject({ remedy: 'tokenizer' });
    const tokenizer = new Blob(['{}']);
    downloads.resume('id-B', tokenizer);
    expect(fetches[1]!.request.tokenizer).toBe(tokenizer);
  });

  it('of an earlier page are offered, paused', async () => {
    const { source, name, precision } = fetchRequest('B');
    downloads.offer([{ id: 'id-B', request: { source, name, precision }, done: 1, total: 4 }]);
    expect(status('B')).toEqual({ phase: 'paused', done: 1, total: 4 });
    expect(fetches).toEqual([]);
    await start('B');
    expect(phases()).toEqual(['B downloading']);
    expect(downloads.list).toHaveLength(1);
  });

  it('are handed over to another tab, once, but for those that wait for the user', async () => {
    await start('B', 'L', 'H', 'G');
    await downloads.pause('id-H');
    downloads.handOver();
    expect(phases()).toEqual(['B downloading', 'L waiting', 'H paused', 'G waiting']);
    await downloads.cancel('id-G');
    expect(downloads.handedOver()).toEqual(['id-B', 'id-L']);
    expect(downloads.handedOver()).toEqual([]);
  });

  it('go back in line when the page ends the worker, and fail when it dies', async () => {
    await start('B');
    downloads.restarting();
    fetches[0]!.reject(failure('WorkerDied'));
    await settled();
    expect(phases()).toEqual(['B downloading']);
    expect(fetches).toHaveLength(2);
    fetches[1]!.reject(failure('WorkerDied'));
    await settled();
    expect(status('B')).toMatchObject({ phase: 'failed', remedy: 'resume' });
  });

  it('that cannot begin are reported', async () => {
    downloads = new Downloads({
      models: {
        idOf: () => Promise.reject(failure('HubNotFound', 'there is no such repository')),
        fetchModel: () => Promise.reject(failure('HubNotFound')),
        stopFetching: async () => {},
      },
      notices,
      memory: undefined,
      choices: () => 0,
      onGone: () => {},
      onEnd: () => {},
    });
    await start('B');
    expect(phases()).toEqual([]);
    expect(problems()).toEqual(['There is no such repository.']);
  });
});
