import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remoteSource } from '../../src/hub/remote-source';
import { openTestHub, type Fault, type TestHub } from '../helpers/hub';
import { bytesSent, openScratch, pattern, rangesAsked, testConnection, type Scratch } from './fixtures';

const SIZE = 3000;
const WEIGHTS = pattern(SIZE);
const MIB = 2 ** 20;

let scratch: Scratch;
let hub: TestHub;
let folder = '';
let large = '';
beforeAll(async () => {
  scratch = await openScratch();
  folder = await scratch.folder({ 'model.safetensors': WEIGHTS });
  const content = new Uint8Array(64 * MIB);
  content.set(pattern(4 * MIB));
  large = await scratch.folder({ 'model.safetensors': content });
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  hub = await openTestHub();
  await hub.add('a/b', folder);
});
afterEach(() => hub.close());

/** The file on the hub, said to have `byteLength` bytes. */
function source(byteLength = SIZE) {
  return remoteSource(`${hub.url}/a/b/resolve/main/model.safetensors`, byteLength, testConnection());
}

const bytesOf = async (slice: Promise<ArrayBuffer>) => new Uint8Array(await slice);

describe('a slice', () => {
  it.each([
    [0, 1],
    [1000, 2000],
    [2999, 3000],
    [0, 3000],
  ])('from %d to %d is asked for as a range', async (start, end) => {
    expect(await bytesOf(source().slice(start, end))).toEqual(WEIGHTS.subarray(start, end));
    expect([rangesAsked(hub), bytesSent(hub)]).toEqual([[`${start}-${end - 1}`], end - start]);
  });

  it('works on a server without ranges', async () => {
    hub.fault(/./, { kind: 'ignore-range' });
    expect(await bytesOf(source().slice(1000, 2000))).toEqual(WEIGHTS.subarray(1000, 2000));
  });

  it('makes such a server send little more than the slice', async () => {
    await hub.add('a/b', large);
    hub.fault(/./, { kind: 'ignore-range' });
    const [start, end] = [3 * MIB, 3 * MIB + 10];
    expect(await bytesOf(source(64 * MIB).slice(start, end))).toEqual(pattern(end).subarray(start));
    expect(bytesSent(hub)).toBeGreaterThanOrEqual(end);
    expect(bytesSent(hub)).toBeLessThan(32 * MIB);
  });

  it('that is empty makes no request', async () => {
    expect((await source().slice(5, 5)).byteLength).toBe(0);
    expect(hub.requests).toEqual([]);
  });

  it.each([
    [-1, 5],
    [5, 4],
    [0, 3001],
    [0.5, 2],
  ])('from %d to %d is out of range', async (start, end) => {
    await expect(source().slice(start, end)).rejects.toThrow(RangeError);
    expect(hub.requests).toEqual([]);
  });
});

it('without ranges, bytes before the slice are not kept', async () => {
  hub.fault(/./, { kind: 'ignore-range' });
  // More than any memory.
  const end = 2 ** 43;
  await expect(source(end).slice(end - 10, end)).rejects.toMatchObject({ name: 'HubUnreadable' });
});

describe('a server that sends too little', () => {
  const cut: Fault = { kind: 'cut', after: 40 };
  it.each<[what: string, fault: Fault | undefined, start: number, end: number, name: string, said: RegExp]>([
    ['has a shorter file', undefined, 2990, 3010, 'HubUnreadable', /sent 10 of 20 bytes\.$/],
    ['has none of it', undefined, 3010, 3020, 'HubUnreadable', /sent 0 of 10 bytes\.$/],
    ['has less than comes before it', { kind: 'ignore-range' }, 3010, 3020, 'HubUnreadable', /sent 0 of 10/],
    ['breaks off', cut, 0, 100, 'NetworkFailed', /^The connection to 127\.0\.0\.1:\d+ broke off: /],
  ])('because it %s is told apart', async (_, fault, start, end, name, said) => {
    if (fault) hub.fault(/^\/repos\//, fault);
    await expect(source(4000).slice(start, end)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(said) as string,
    });
  });
});
