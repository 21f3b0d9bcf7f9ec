import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readCheckpoint, type Checkpoint } from '../../../src/clip/checkpoint';
import { bufferSource } from '../../../src/formats/byte-source';
import { gitBlobId } from '../../../src/hub/digest';
import { openPartialFile, type PartialFile } from '../../../src/storage/partial-file';
import { beginArrival, type Arrival } from '../../../workers/models/arrival';
import type { DownloadPlan } from '../../../workers/models/download-record';
import { sha256 } from '../../formats/fixtures';
import { memoryStorage } from '../../helpers/memory-storage';
import { openTestHub, type TestHub } from '../../helpers/hub';
import { rangesAsked, testConnection } from '../../hub/fixtures';
import { CONFIG, FOLDER, WEIGHTS } from '../fixtures';

const CDN = /^\/repos\//;
const GIT_BLOB = await gitBlobId(bufferSource(WEIGHTS));

let hub: TestHub;
let checkpoint: Checkpoint;
beforeAll(async () => {
  hub = await openTestHub();
  await hub.add('a/small', FOLDER);
  checkpoint = await readCheckpoint(CONFIG, bufferSource(WEIGHTS));
});
afterAll(() => hub.close());
beforeEach(() => hub.forgetRequests());

interface Begun extends Arrival {
  readonly file: PartialFile;
  readonly stop: AbortController;
  /** What was told: how many bytes are checked. */
  readonly verified: number[];
}

/** Begins to fetch the weights into an empty file. */
async function begin(weights: Partial<DownloadPlan['weights']> = {}): Promise<Begun> {
  const file = await openPartialFile(memoryStorage().root, 'weights.part', WEIGHTS.length);
  const url = `${hub.url}/a/small/resolve/main/open_clip_model.safetensors`;
  const plan: DownloadPlan = {
    form: 1,
    request: { source: { kind: 'folder', url: hub.url }, name: 'small', precision: 'q8' },
    weights: { url, byteLength: WEIGHTS.length, ...weights },
    config: CONFIG,
    tokenizer: '{}',
  };
  const stop = new AbortController();
  const verified: number[] = [];
  const none = () => undefined;
  const progress = { arrived: none, converted: none, imageTower: none, ended: async () => undefined };
  const arrival = beginArrival(
    testConnection(),
    plan,
    file,
    checkpoint,
    { ...progress, verified: (done) => void verified.push(done) },
    stop.signal,
  );
  onTestFinished(() => arrival.end());
  return { ...arrival, file, stop, verified };
}

describe('weights on their way', () => {
  it.each<[string, Partial<DownloadPlan['weights']>]>([
    ['SHA-256', { sha256: sha256(WEIGHTS) }],
    ['git’s hash', { gitBlob: GIT_BLOB }],
    ['SHA-256 before git’s', { sha256: sha256(WEIGHTS), gitBlob: 'of a pointer' }],
    ['no hash', {}],
  ])('come whole, checked by %s', async (_, weights) => {
    const { whole, source, verified } = await begin(weights);
    await whole;
    expect(sha256(await source.slice(0, WEIGHTS.length))).toBe(sha256(WEIGHTS));
    expect(verified).toEqual(Object.keys(weights).length > 0 ? [WEIGHTS.length] : []);
  });

  it('come whole though their lines are cut now and then', async () => {
    const fault = hub.fault(CDN, { kind: 'cut', after: 100_000 }, 3);
    const { whole, file } = await begin({ sha256: sha256(WEIGHTS) });
    await whole;
    expect(fault.hits).toBe(3);
    expect(file.arrived).toBe(WEIGHTS.length);
  });

  it('are asked for with the image tower first, each byte once', async () => {
    const { whole } = await begin();
    await whole;
    const ranges = rangesAsked(hub).map((range) => range.split('-').map(Number) as [number, number]);
    const starts = [...checkpoint.tensors.image.values()].map(({ start }) => start);
    const texts = [...checkpoint.tensors.text.values()].map(({ start }) => start);
    const has = ([start, end]: [number, number], at: number) => start <= at && at <= end;
    const lastOfImage = ranges.findLastIndex((range) => starts.some((at) => has(range, at)));
    const firstOfText = ranges.findIndex((range) => texts.some((at) => has(range, at)));
    expect(lastOfImage).toBeLessThan(firstOfText);
    expect(ranges.reduce((sum, [start, end]) => sum + end + 1 - start, 0)).toBe(WEIGHTS.length);
  });

  it('give a slice once it has come', async () => {
    const { source, whole } = await begin();
    const { start, end } = [...checkpoint.tensors.text.values()].at(-1)!;
    expect(new Uint8Array(await source.slice(start, end))).toEqual(WEIGHTS.slice(start, end));
    await whole;
  });
});

describe('once anything has gone wrong, no slice is given', () => {
  it.each<[string, () => Partial<DownloadPlan['weights']>]>([
    ['SHA-256', () => ({ sha256: sha256(WEIGHTS) })],
    ['git’s hash', () => ({ gitBlob: GIT_BLOB })],
  ])('a byte that %s finds wrong', async (_, weights) => {
    const fault = hub.fault(CDN, { kind: 'corrupt', at: 2_000_000 });
    const { whole, source } = await begin(weights());
    await expect(whole).rejects.toMatchObject({
      name: 'HashMismatch',
      message: expect.stringContaining('open_clip_model.safetensors is damaged'),
    });
    await expect(source.slice(0, 8)).rejects.toMatchObject({ name: 'HashMismatch' });
    fault.end();
  });

  it('a server of large files that lets nobody in', async () => {
    const fault = hub.fault(CDN, { kind: 'refuse' });
    const { whole, source, file } = await begin({ sha256: sha256(WEIGHTS) });
    const waiting = source.slice(0, WEIGHTS.length);
    // Who waits is refused at once, so both are looked at together.
    const [one, other] = await Promise.allSettled([whole, waiting]);
    const refused = { status: 'rejected', reason: { name: 'CorsRefused' } };
    expect([one, other]).toMatchObject([refused, refused]);
    expect(file.arrived).toBe(0);
    fault.end();
  });

  it('a file that was changed on its server', async () => {
    const fault = hub.fault(CDN, { kind: 'wrong-length', by: 8 });
    const { whole } = await begin({ sha256: sha256(WEIGHTS) });
    await expect(whole).rejects.toMatchObject({ name: 'RevisionChanged' });
    fault.end();
  });

  it('what a person stops', async () => {
    const held = hub.fault(CDN, { kind: 'hold', after: 10_000 });
    const { whole, source, stop, end } = await begin({ sha256: sha256(WEIGHTS) });
    const waiting = source.slice(0, WEIGHTS.length);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'Cancelled' });
    await expect(whole).rejects.toMatchObject({ name: 'Cancelled' });
    await end();
    held.release();
  });

  it('what is stopped when all of it has come, but is not converted yet', async () => {
    const { whole, source, stop } = await begin();
    await whole;
    await source.slice(0, 8);
    stop.abort();
    await expect(source.slice(0, 8)).rejects.toMatchObject({ name: 'Cancelled' });
  });

  it('what its own conversion ends', async () => {
    const held = hub.fault(CDN, { kind: 'hold', after: 10_000 });
    const { source, end, file } = await begin({ sha256: sha256(WEIGHTS) });
    await end();
    await expect(source.slice(0, 8)).rejects.toMatchObject({ name: 'Cancelled' });
    expect(file.arrived).toBeLessThan(WEIGHTS.length);
    held.release();
  });
});
