import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deferred } from '../../helpers/deferred';
import { memoryStorage, type MemoryStorage } from '../../helpers/memory-storage';
import { openTestHub, type FaultHandle, type TestHub } from '../../helpers/hub';
import { bytesSent, openScratch, testConnection, type Scratch } from '../../hub/fixtures';
import type { FetchRequest } from '../../../workers/models-api';
import { idOf } from '../../../workers/models/download-plan';
import { createFetching, type Fetching } from '../../../workers/models/fetch-model';
import { isWhole, listKept } from '../../../workers/sources/kept-store';
import { CONFIG, FOLDER, memoryParts, NO_NETWORK, SHAPE, TOKENIZER, WEIGHTS } from '../fixtures';

const CDN = /^\/repos\//;

let scratch: Scratch;
let hub: TestHub;
let memory: MemoryStorage;
let request: FetchRequest;
let id = '';
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  hub = await openTestHub();
  await hub.add('a/small', FOLDER);
  memory = memoryStorage();
  request = {
    source: { kind: 'hub', hub: hub.url, repository: 'a/small' },
    name: 'small',
    precision: 'fp16-storage',
  };
  id = await idOf(request);
  return () => hub.close();
});

/** A worker of the page, on this visit or the next, over what is in memory. */
const visit = (fetchIt: typeof fetch = fetch): Fetching =>
  createFetching(memoryParts(memory, testConnection({ fetch: fetchIt })));

const none = () => undefined;
const kept = async () => listKept(await memoryParts(memory).models());
const downloads = () => memory.paths().filter((path) => path.startsWith('downloads/'));

/** A network that calls `act` once the second range of the weights is answered: header and scale are there then. */
function onSecondRange(network: typeof fetch, act: () => void): typeof fetch {
  let ranges = 0;
  return async (url, init) => {
    const answer = await network(url, init);
    if (new Headers(init?.headers).has('Range') && ++ranges === 2) act();
    return answer;
  };
}

/** A download of which the server holds back all but the header and a little, and what is done `then`. */
async function begun(
  then: (fetching: Fetching) => Promise<unknown>,
  network: typeof fetch = fetch,
): Promise<string> {
  const held = hub.fault(/\.safetensors$/, { kind: 'hold', after: 300_000 });
  const { promise: reached, resolve } = deferred<undefined>();
  const fetching = visit(onSecondRange(network, () => resolve(undefined)));
  const work = fetching.fetchModel(request, none).then(
    () => 'kept',
    (error: unknown) => (error as Error).name,
  );
  await reached;
  await then(fetching);
  held.release();
  return work;
}

const pause = (fetching: Fetching) => fetching.stopFetching(id, 'pause');

describe('a model that is fetched', () => {
  it('is kept under the id of its request, and nothing is left of the download', async () => {
    const summary = await visit().fetchModel(request, none);
    expect(summary).toMatchObject({ id, name: 'small', origin: 'hub', ...SHAPE });
    expect(await kept()).toEqual([summary]);
    expect(downloads()).toEqual([]);
    expect(await visit().interruptedDownloads()).toEqual([]);
  });

  it('is not fetched again', async () => {
    const summary = await visit().fetchModel(request, none);
    const offline = createFetching(memoryParts(memory, NO_NETWORK));
    expect(await offline.fetchModel(request, none)).toEqual(summary);
  });

  it('clears away what its download has left, where a page ended before that', async () => {
    await visit().fetchModel(request, none);
    memory.put(`downloads/${id}/record.json`, '{}');
    await visit().fetchModel(request, none);
    expect(downloads()).toEqual([]);
  });

  it('is fetched again where what is kept of it is damaged', async () => {
    const summary = await visit().fetchModel(request, none);
    const weights = `models/${id}/image.0.bin`;
    const flipped = memory.read(weights).slice();
    flipped[flipped.length >> 1]! ^= 1;
    for (const damage of [() => memory.remove(weights), () => memory.put(weights, flipped)]) {
      damage();
      expect(await visit().fetchModel(request, none)).toEqual(summary);
      expect(await isWhole(await memoryParts(memory).models(), id)).toBe(true);
    }
  });

  it('is busy for a second call, which does not disturb the first', async () => {
    const ended = begun(async () => {
      await expect(visit().fetchModel(request, none)).rejects.toMatchObject({ name: 'StorageBusy' });
    });
    expect(await ended).toBe('kept');
    expect(await kept()).toMatchObject([{ id }]);
  });
});

describe('a download that is paused', () => {
  /** Pauses a download when all has come and nothing but its manifest is to be written. */
  async function pausedAtLast(): Promise<void> {
    const fetching = visit();
    const work = fetching.fetchModel(request, ({ stage }) => {
      if (stage === 'verifying') void pause(fetching);
    });
    await expect(work).rejects.toMatchObject({ name: 'Cancelled', message: 'The download was stopped.' });
  }

  it('is told with how far it came, and goes on from there', async () => {
    expect(await begun(pause)).toBe('Cancelled');
    expect(await kept()).toEqual([]);
    const [left, ...others] = await visit().interruptedDownloads();
    expect(others).toEqual([]);
    expect(left).toMatchObject({ id, request, total: WEIGHTS.length });
    expect(left!.done).toBeGreaterThan(0);
    hub.forgetRequests();
    await visit().fetchModel(request, none);
    expect(bytesSent(hub)).toBe(WEIGHTS.length - left!.done);
    expect(downloads()).toEqual([]);
  });

  it('goes on with the commit it began with, though the repository has a newer one', async () => {
    await begun(pause);
    const files = { 'open_clip_config.json': CONFIG, 'tokenizer.json': TOKENIZER };
    const newer = await scratch.folder({
      ...files,
      'open_clip_model.safetensors': WEIGHTS.slice().reverse(),
    });
    const { commit } = await hub.add('a/small', newer);
    const summary = await visit().fetchModel(request, none);
    expect(summary.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(summary.commit).not.toBe(commit);
  });

  it('can be paused before it has begun', async () => {
    const fetching = visit();
    const work = fetching.fetchModel(request, none);
    await Promise.all([
      expect(work).rejects.toMatchObject({ name: 'Cancelled' }),
      fetching.stopFetching(id, 'pause'),
    ]);
    expect(memory.paths()).toEqual([]);
    expect(hub.requests).toEqual([]);
  });

  it('can be paused again before it goes on, and does nothing then', async () => {
    await pausedAtLast();
    const told: unknown[] = [];
    const fetching = visit();
    const work = fetching.fetchModel(request, (progress) => void told.push(progress));
    await Promise.all([expect(work).rejects.toMatchObject({ name: 'Cancelled' }), pause(fetching)]);
    expect(told).toEqual([]);
    expect(await visit().interruptedDownloads()).toMatchObject([{ id }]);
  });

  it('at the last moment is no model, and needs no byte more to become one', async () => {
    await pausedAtLast();
    expect(await kept()).toEqual([]);
    hub.forgetRequests();
    expect((await visit().fetchModel(request, none)).id).toBe(id);
    expect(hub.requests).toEqual([]);
  });

  it('may be discarded on the next visit', async () => {
    await begun(pause);
    await visit().stopFetching(id, 'discard');
    expect(memory.paths()).toEqual([]);
  });
});

describe('a download that is discarded', () => {
  it('leaves nothing', async () => {
    expect(await begun((fetching) => fetching.stopFetching(id, 'discard'))).toBe('Cancelled');
    expect(memory.paths()).toEqual([]);
  });

  it('is not one that another tab is at', async () => {
    const ended = begun(async (fetching) => {
      await expect(visit().stopFetching(id, 'discard')).rejects.toMatchObject({ name: 'StorageBusy' });
      await pause(fetching);
    });
    expect(await ended).toBe('Cancelled');
    expect(await visit().interruptedDownloads()).toHaveLength(1);
  });

  it('may be none at all', async () => {
    await visit().stopFetching('nothing', 'discard');
    await visit().stopFetching('nothing', 'pause');
    expect(memory.paths()).toEqual([]);
  });
});

describe('a download that fails', () => {
  const failing = (fetching = visit()) => fetching.fetchModel(request, none);

  it('keeps what has come, where the server is busy for too long', async () => {
    let busy: FaultHandle | undefined;
    const network = onSecondRange(fetch, () => (busy = hub.fault(CDN, { kind: 'status', status: 503 })));
    await expect(failing(visit(network))).rejects.toMatchObject({ name: 'HubBusy' });
    busy?.end();
    const [left] = await visit().interruptedDownloads();
    // What is asked for with the header, and the scale at the end of the file.
    expect(left!.done).toBe(2 ** 18 + 8);
    hub.forgetRequests();
    await failing();
    expect(bytesSent(hub)).toBe(WEIGHTS.length - left!.done);
  });

  it('is deleted where a byte is wrong, so that the next one begins anew', async () => {
    const fault = hub.fault(CDN, { kind: 'corrupt', at: 2_500_000 });
    await expect(failing()).rejects.toMatchObject({ name: 'HashMismatch' });
    expect(memory.paths()).toEqual([]);
    fault.end();
    hub.forgetRequests();
    await failing();
    expect(bytesSent(hub)).toBe(WEIGHTS.length);
  });

  it('leaves nothing where it has not come as far as a plan', async () => {
    const refused = hub.fault(/./, { kind: 'status', status: 404 });
    await expect(failing()).rejects.toMatchObject({ name: 'HubNotFound' });
    expect(memory.paths()).toEqual([]);
    refused.end();
  });

  it('keeps what has come where the disk is full, and goes on once there is room', async () => {
    const parts = memoryParts(memory);
    memory.quota = 3_000_000;
    const blind = { ...memory.manager, estimate: async () => ({}) };
    await expect(failing(createFetching({ ...parts, storage: blind }))).rejects.toMatchObject({
      name: 'StorageFull',
    });
    expect(memory.paths().filter((path) => path.startsWith('models/'))).toEqual([]);
    memory.quota = Infinity;
    hub.forgetRequests();
    expect((await failing()).id).toBe(id);
    expect(bytesSent(hub)).toBeLessThan(WEIGHTS.length);
  });

  it('tells what went wrong, not that it was stopped, where nobody stopped it', async () => {
    hub.fault(CDN, { kind: 'wrong-length', by: 8 });
    await expect(failing()).rejects.toMatchObject({ name: 'RevisionChanged' });
  });
});

describe('a record that an earlier visit has left', () => {
  it.each(['', '{"form":2}', '[]'])('begins anew where it is %j, and is not listed', async (record) => {
    memory.put(`downloads/${id}/record.json`, record);
    memory.put(`downloads/${id}/weights.part`, new Uint8Array(WEIGHTS.length));
    memory.put(`downloads/${id}/arrived.log`, `${WEIGHTS.length}\n0 ${WEIGHTS.length}\n`);
    expect(await visit().interruptedDownloads()).toEqual([]);
    expect((await visit().fetchModel(request, none)).id).toBe(id);
  });

  it('tells of a byte that the disk has lost since: all is deleted', async () => {
    await begun(pause);
    const part = `downloads/${id}/weights.part`;
    const bytes = memory.read(part);
    bytes[200_000]! ^= 1;
    memory.put(part, bytes);
    await expect(visit().fetchModel(request, none)).rejects.toMatchObject({ name: 'HashMismatch' });
    expect(memory.paths()).toEqual([]);
  });
});

describe('a download of a folder', () => {
  /** A plain server that tells when its files were written, where `date` does. */
  const dated =
    (date: () => string | undefined): typeof fetch =>
    async (url, init) => {
      const answer = await fetch(url, init);
      const headers = new Headers(answer.headers);
      const told = date();
      if (told !== undefined) headers.set('Last-Modified', told);
      return new Response(answer.body, { status: answer.status, headers });
    };

  /** Pauses a download of the folder; returns how many bytes have come. */
  async function paused(date: () => string | undefined): Promise<number> {
    request = { ...request, source: { kind: 'folder', url: `${hub.url}/folder/a/small/` } };
    id = await idOf(request);
    expect(await begun(pause, dated(date))).toBe('Cancelled');
    const [left] = await visit().interruptedDownloads();
    hub.forgetRequests();
    return left!.done;
  }

  const sentOfWeights = () =>
    hub.requests.filter(({ path }) => path.endsWith('.safetensors')).reduce((sum, { sent }) => sum + sent, 0);

  it('goes on where the file has the date it had', async () => {
    const done = await paused(() => 'Monday');
    await visit(dated(() => 'Monday')).fetchModel(request, none);
    expect(sentOfWeights()).toBe(WEIGHTS.length - done);
  });

  it('is refused where the file has another date', async () => {
    await paused(() => 'Monday');
    const other = visit(dated(() => 'Tuesday')).fetchModel(request, none);
    await expect(other).rejects.toMatchObject({ name: 'RevisionChanged' });
    expect(await kept()).toEqual([]);
    expect(hub.requests.map(({ method }) => method)).toEqual(['HEAD']);
  });

  it('begins anew where the server tells no date: nothing would notice another file', async () => {
    await paused(() => undefined);
    await visit().fetchModel(request, none);
    expect(sentOfWeights()).toBe(WEIGHTS.length);
  });
});
