import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { download, type DownloadOptions } from '../../src/hub/download';
import type { Span } from '../../src/core/spans';
import { openTestHub, type TestHub } from '../helpers/hub';
import {
  bytesSent,
  memoryFile,
  openScratch,
  pattern,
  rangesAsked,
  testConnection,
  type MemoryFile,
  type Scratch,
} from './fixtures';

const SIZE = 100_000;
const WEIGHTS = pattern(SIZE);
const WHOLE: Span = { start: 0, end: SIZE };
/** Only the server that large files are sent from. */
const CDN = /^\/repos\//;

let scratch: Scratch;
let hub: TestHub;
let folder = '';
beforeAll(async () => {
  scratch = await openScratch();
  folder = await scratch.folder({ 'model.safetensors': WEIGHTS });
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  hub = await openTestHub();
  await hub.add('a/b', folder);
});
afterEach(() => hub.close());

/** Whether every byte is the one at its place. */
function isWhole({ bytes }: MemoryFile): boolean {
  return Buffer.compare(bytes, WEIGHTS) === 0;
}

/** Downloads from the hub into `file`, by one line and in one part unless `options` say otherwise. */
async function take(
  file: MemoryFile,
  spans: readonly Span[] = [WHOLE],
  options: Partial<DownloadOptions> = {},
): Promise<void> {
  await download(`${hub.url}/a/b/resolve/main/model.safetensors`, file, spans, {
    connection: testConnection(),
    signal: new AbortController().signal,
    onArrived: () => undefined,
    lines: 1,
    ...options,
  });
}

/** A connection whose answers pass through `change`. */
function changing(change: (answer: Response) => Response) {
  return testConnection({ fetch: async (url, init) => change(await fetch(url, init)) });
}

/** The answer under other headers. */
function withHeaders(answer: Response, change: (headers: Headers) => void): Response {
  const headers = new Headers(answer.headers);
  change(headers);
  return new Response(answer.body, { status: answer.status, headers });
}

describe('a download', () => {
  it.each([1, 2, 4, 100])('with %d lines writes every byte to its place, once', async (lines) => {
    const file = memoryFile(SIZE);
    let told = 0;
    await take(file, [WHOLE], { lines, part: 9_999, onArrived: () => (told += 1) });
    expect(isWhole(file)).toBe(true);
    expect([file.durable, bytesSent(hub), rangesAsked(hub).length]).toEqual([SIZE, SIZE, 11]);
    expect(told).toBeGreaterThanOrEqual(11);
  });

  it('requests spans in order, each byte once, and at most one part per request', async () => {
    const spans = [
      { start: 60_000, end: 85_000 },
      { start: 10_000, end: 20_000 },
      { start: 15_000, end: 65_000 },
      WHOLE,
    ];
    const file = memoryFile(SIZE);
    await take(file, spans, { part: 20_000 });
    expect(rangesAsked(hub)).toEqual([
      '60000-79999',
      '80000-84999',
      '10000-19999',
      '20000-39999',
      '40000-59999',
      '0-9999',
      '85000-99999',
    ]);
    expect(isWhole(file)).toBe(true);
  });

  it('requests no more than the spans', async () => {
    const file = memoryFile(SIZE);
    await take(file, [{ start: 5, end: 10 }]);
    expect([rangesAsked(hub), file.arrived, bytesSent(hub)]).toEqual([['5-9'], 5, 5]);
  });

  it('requests only what is missing', async () => {
    const there = [
      { start: 0, end: 10 },
      { start: 50_000, end: 99_999 },
    ];
    const file = memoryFile(SIZE, { whole: WEIGHTS, there });
    await take(file);
    expect(rangesAsked(hub)).toEqual(['10-49999', '99999-99999']);
    expect(isWhole(file)).toBe(true);
  });

  it.each<[what: string, there: Span[], spans: Span[]]>([
    ['all of it is there', [WHOLE], [WHOLE]],
    ['nothing is wanted', [], []],
  ])('asks for nothing where %s', async (_, there, spans) => {
    await take(memoryFile(SIZE, { there }), spans);
    expect(hub.requests).toEqual([]);
  });

  it('continues however slowly bytes arrive', async () => {
    const slow = hub.fault(CDN, { kind: 'slow', bytesPerSecond: 0.001 });
    const file = memoryFile(SIZE);
    await take(file, [WHOLE], { onArrived: () => slow.release() });
    expect(isWhole(file)).toBe(true);
    expect(rangesAsked(hub)).toEqual(['0-99999']);
  });

  it('accepts ranges without a Content-Range header', async () => {
    const connection = changing((answer) =>
      withHeaders(answer, (headers) => headers.delete('Content-Range')),
    );
    const file = memoryFile(SIZE);
    await take(file, [WHOLE], { connection, part: 30_000 });
    expect(isWhole(file)).toBe(true);
  });

  it('reads no more of a body than it requested', async () => {
    const connection = testConnection({
      fetch: async () =>
        new Response(WEIGHTS, { status: 206, headers: { 'Content-Range': 'bytes 0-9/100000' } }),
    });
    const file = memoryFile(SIZE);
    await take(file, [{ start: 0, end: 10 }], { connection });
    expect(file.arrived).toBe(10);
  });
});

describe('a server', () => {
  it.each([1, 3])('gets at most %d requests at a time', async (lines) => {
    let [open, most, sent] = [0, 0, 0];
    const connection = testConnection({
      async fetch(_, init) {
        const range = new Headers(init?.headers).get('Range') ?? '';
        const [start = NaN, last = NaN] = range.replace('bytes=', '').split('-').map(Number);
        open += 1;
        sent += 1;
        most = Math.max(most, open);
        const body = new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              controller.enqueue(WEIGHTS.slice(start, last + 1));
              controller.close();
              open -= 1;
            },
          },
          { highWaterMark: 0 },
        );
        return new Response(body, { status: 206 });
      },
    });
    const file = memoryFile(SIZE);
    await take(file, [WHOLE], { connection, lines, part: 10_000 });
    expect([most, sent]).toEqual([lines, 10]);
    expect(isWhole(file)).toBe(true);
  });
});

describe('an interrupted line', () => {
  it('resumes from its last byte', async () => {
    hub.fault(CDN, { kind: 'cut', after: 4000 }, 1);
    const file = memoryFile(SIZE);
    await take(file);
    expect(rangesAsked(hub)).toEqual(['0-99999', '4000-99999']);
    expect(isWhole(file)).toBe(true);
  });

  it('resets its retry count whenever bytes arrive', async () => {
    hub.fault(CDN, { kind: 'cut', after: 12_000 });
    const connection = testConnection();
    const file = memoryFile(SIZE);
    await take(file, [WHOLE], { connection });
    const starts = [0, 12_000, 24_000, 36_000, 48_000, 60_000, 72_000, 84_000, 96_000];
    expect(rangesAsked(hub)).toEqual(starts.map((start) => `${start}-99999`));
    expect(connection.pauses).toEqual(Array<number>(8).fill(500));
    expect(isWhole(file)).toBe(true);
  });

  it('gives up after five attempts without progress', async () => {
    hub.fault(CDN, { kind: 'cut', after: 0 });
    const connection = testConnection();
    await expect(take(memoryFile(SIZE), [WHOLE], { connection })).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: expect.stringMatching(/^The connection to 127\.0\.0\.1:\d+ broke off: .+\.$/) as string,
    });
    expect(rangesAsked(hub)).toEqual(Array<string>(5).fill('0-99999'));
    expect(connection.pauses).toEqual([500, 1000, 2000, 4000]);
  });

  it('keeps the bytes it received', async () => {
    hub.fault(CDN, { kind: 'cut', after: 4000 }, 1);
    hub.fault(CDN, { kind: 'cut', after: 0 });
    const file = memoryFile(SIZE);
    await expect(take(file)).rejects.toMatchObject({ name: 'NetworkFailed' });
    expect([file.arrived, file.durable]).toEqual([4000, 4000]);
  });

  it('resumes also if the server ends the body early', async () => {
    const connection = changing((answer) => {
      const start = Number(/\d+/.exec(answer.headers.get('Content-Range') ?? '')?.[0]);
      void answer.body?.cancel();
      return new Response(WEIGHTS.slice(start, start + 40_000), { status: 206 });
    });
    const file = memoryFile(SIZE);
    await take(file, [WHOLE], { connection });
    expect(rangesAsked(hub)).toEqual(['0-99999', '40000-99999', '80000-99999']);
    expect(isWhole(file)).toBe(true);
  });
});

describe('a stalled line', () => {
  it('is cancelled and resumes from its last byte', async () => {
    hub.fault(CDN, { kind: 'hold', after: 4000 }, 1);
    const file = memoryFile(SIZE);
    await take(file, [WHOLE], { stall: 200 });
    expect(rangesAsked(hub).slice(0, 2)).toEqual(['0-99999', '4000-99999']);
    expect(isWhole(file)).toBe(true);
  });

  it('gives up after five times', async () => {
    hub.fault(CDN, { kind: 'hold', after: 0 });
    const connection = testConnection();
    await expect(take(memoryFile(SIZE), [WHOLE], { connection, stall: 20 })).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: expect.stringMatching(/ broke off: no byte came for 0\.02 seconds\.$/) as string,
    });
    expect(connection.pauses).toEqual([500, 1000, 2000, 4000]);
  });
});

describe('a server without ranges', () => {
  beforeEach(() => void hub.fault(/./, { kind: 'ignore-range' }));

  it.each([1, 4])('sends everything to only one of %d lines', async (lines) => {
    const file = memoryFile(SIZE, { whole: WEIGHTS, there: [{ start: 10, end: 20 }] });
    await take(file, [WHOLE], { lines, part: 10_000 });
    expect(isWhole(file)).toBe(true);
    expect(rangesAsked(hub).filter((range) => range === '')).toEqual(['']);
    expect(file.durable).toBe(SIZE);
  });

  it('does not overwrite bytes already present', async () => {
    const there = [
      { start: 10, end: 20 },
      { start: 70_000, end: 90_000 },
    ];
    const file = memoryFile(SIZE, { there });
    await take(file);
    const expected = WEIGHTS.slice();
    for (const { start, end } of there) expected.fill(0, start, end);
    expect(Buffer.compare(file.bytes, expected)).toBe(0);
  });

  it('is read only as far as needed', async () => {
    const file = memoryFile(SIZE);
    await take(file, [{ start: 5, end: 10 }]);
    expect(file.arrived).toBe(10);
    expect(file.bytes.subarray(0, 10)).toEqual(WEIGHTS.subarray(0, 10));
  });

  it('is restarted when interrupted, and given up after five times', async () => {
    const plain = testConnection();
    let cuts = Infinity;
    const connection = {
      ...plain,
      async fetch(url: string, init?: RequestInit) {
        const answer = await plain.fetch(url, init);
        if (new Headers(init?.headers).has('Range') || cuts-- <= 0) return answer;
        await answer.body?.cancel();
        return new Response(WEIGHTS.slice(0, 70_000));
      },
    };
    const file = memoryFile(SIZE);
    await expect(take(file, [WHOLE], { connection })).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: expect.stringMatching(/broke off: it ended too soon\.$/) as string,
    });
    expect([file.arrived, file.durable, plain.pauses]).toEqual([70_000, 70_000, [500, 1000, 2000, 4000]]);
    expect(rangesAsked(hub)).toEqual(['0-99999', '', '', '', '', '']);
    cuts = 2;
    await take(file, [WHOLE], { connection });
    expect(isWhole(file)).toBe(true);
  });

  it('with another file length has another file', async () => {
    await expect(take(memoryFile(SIZE + 1), [{ start: 0, end: 5 }])).rejects.toMatchObject({
      name: 'RevisionChanged',
      message: 'model.safetensors had 100,001 bytes when the download began and has 100,000 now.',
    });
  });
});

describe('a file that has changed on the server', () => {
  const had = 'model.safetensors had 100,000 bytes when the download began and has';

  it.each<[what: string, spoil: () => unknown, message: string]>([
    ['has become too short', () => hub.fault(CDN, { kind: 'status', status: 416 }), `${had} fewer now.`],
    ['has become longer', () => hub.fault(CDN, { kind: 'wrong-length', by: 8 }), `${had} 100,008 now.`],
    ['has become shorter', () => hub.fault(CDN, { kind: 'wrong-length', by: -8 }), `${had} 99,992 now.`],
  ])('because it %s is RevisionChanged', async (_, spoil, message) => {
    spoil();
    await expect(take(memoryFile(SIZE))).rejects.toMatchObject({ name: 'RevisionChanged', message });
    expect(rangesAsked(hub)).toHaveLength(1);
  });

  const MONDAY = 'Mon, 05 Jan 2026 10:00:00 GMT';
  const TUESDAY = 'Tue, 06 Jan 2026 10:00:00 GMT';
  const dated = (date: string) =>
    changing((answer) => withHeaders(answer, (all) => all.set('Last-Modified', date)));

  it.each(['with', 'without'])('is detected by its date on a server %s ranges', async (ranges) => {
    if (ranges === 'without') hub.fault(/./, { kind: 'ignore-range' });
    const file = memoryFile(SIZE);
    const options = { connection: dated(TUESDAY), modified: MONDAY };
    await expect(take(file, [WHOLE], options)).rejects.toMatchObject({
      name: 'RevisionChanged',
      message: 'model.safetensors was changed on the server since the download began.',
    });
    expect(file.arrived).toBe(0);
  });

  it.each<[what: string, told: string | undefined, modified: string | undefined]>([
    ['the date is the same', MONDAY, MONDAY],
    ['the server tells none any more', undefined, MONDAY],
    ['it told none before', TUESDAY, undefined],
  ])('is not supposed where %s', async (_, told, modified) => {
    const connection = told === undefined ? testConnection() : dated(told);
    const file = memoryFile(SIZE);
    await take(file, [WHOLE], { connection, modified });
    expect(isWhole(file)).toBe(true);
  });

  it('is detected if it ends before the byte to resume from', async () => {
    const there = [{ start: 0, end: SIZE }];
    const taken = take(memoryFile(SIZE + 50_000, { there }), [{ start: 0, end: SIZE + 50_000 }]);
    await expect(taken).rejects.toMatchObject({ name: 'RevisionChanged' });
    expect(rangesAsked(hub)).toEqual(['100000-149999']);
  });

  it('is not assumed if a server sends a wrong range', async () => {
    const connection = changing((answer) =>
      withHeaders(answer, (headers) => headers.set('Content-Range', 'bytes 5-99999/100000')),
    );
    const file = memoryFile(SIZE);
    await expect(take(file, [{ start: 1000, end: 2000 }], { connection })).rejects.toMatchObject({
      name: 'HubUnreadable',
      message: expect.stringMatching(
        /^127\.0\.0\.1:\d+ was asked for bytes from 1,000 on and answered "bytes 5-99999\/100000"\.$/,
      ) as string,
    });
    expect(file.arrived).toBe(0);
  });
});

describe('a download that ends early', () => {
  it.each([1, 4])('with %d lines because it is stopped keeps the bytes received', async (lines) => {
    hub.fault(CDN, { kind: 'hold', after: 1000 });
    const controller = new AbortController();
    const file = memoryFile(SIZE);
    const taken = take(file, [WHOLE], {
      lines,
      part: 20_000,
      signal: controller.signal,
      onArrived: () => {
        if (file.arrived === lines * 1000) controller.abort();
      },
    });
    await expect(taken).rejects.toMatchObject({ name: 'Cancelled' });
    expect([file.arrived, file.durable]).toEqual([lines * 1000, lines * 1000]);
  });

  it('because it was stopped before its start makes no request', async () => {
    const taken = take(memoryFile(SIZE), [WHOLE], { signal: AbortSignal.abort() });
    await expect(taken).rejects.toMatchObject({ name: 'Cancelled' });
    expect(hub.requests).toEqual([]);
  });

  it('because a write fails ends every line, and keeps the bytes written', async () => {
    hub.fault(CDN, { kind: 'hold', after: 1000 });
    const file = memoryFile(SIZE, { room: 2 });
    await expect(take(file, [WHOLE], { lines: 4, part: 20_000 })).rejects.toMatchObject({
      name: 'StorageFull',
    });
    expect([file.arrived, file.durable]).toEqual([2000, 2000]);
  });

  it('because one line fails ends the others', async () => {
    hub.fault(CDN, { kind: 'status', status: 403 }, 1);
    hub.fault(CDN, { kind: 'hold', after: 1000 });
    const file = memoryFile(SIZE);
    await expect(take(file, [WHOLE], { lines: 4, part: 20_000 })).rejects.toMatchObject({
      name: 'HubForbidden',
    });
    expect(file.durable).toBe(file.arrived);
  });
});

it('received bytes are made durable during the download, not only at its end', async () => {
  const MIB = 2 ** 20;
  const file = memoryFile(5 * MIB);
  const durable: number[] = [];
  const connection = testConnection({
    async fetch() {
      let left = 5;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left-- > 0) controller.enqueue(new Uint8Array(MIB));
          else controller.close();
        },
      });
      return new Response(body, { status: 206 });
    },
  });
  await take(file, [{ start: 0, end: 5 * MIB }], {
    connection,
    onArrived: () => durable.push(file.durable / MIB),
  });
  expect(durable).toEqual([0, 2, 2, 4, 4]);
  expect(file.durable).toBe(5 * MIB);
});
