import { wrap, type Remote } from 'comlink';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDownloads } from '../../src/storage/downloads';
import { arrivedBytes, LOG_NAME } from '../../src/storage/partial-file';
import type { PartialSteps } from './storage-partial.worker';
import { dropRoot, makeRoot, names } from './storage-place';

const NAME = 'weights.part';
const SIZE = 100;
const WEIGHTS = Uint8Array.from({ length: SIZE }, (_, at) => at + 1);
/** Any text is an id. */
const ID = 'laion/CLIP (b32) é .';
const RECORD = { form: 1, name: 'CLIP' };

let root: FileSystemDirectoryHandle;
let workers: Worker[];
let inWorker: Remote<PartialSteps>;

beforeEach(async () => {
  root = await makeRoot();
  workers = [];
  inWorker = startWorker();
});

afterEach(async () => {
  await stopWorkers();
  await untilLetGo(() => dropRoot(root));
});

function startWorker(): Remote<PartialSteps> {
  const worker = new Worker(new URL('./storage-partial.worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  return wrap<PartialSteps>(worker);
}

/** Ends all workers as closed tabs do, and waits until the browser has taken their locks. */
async function stopWorkers(): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  for (const worker of workers) worker.terminate();
  for (const { name = '' } of held) {
    if (name.startsWith('clipscope/downloads/')) await navigator.locks.request(name, () => undefined);
  }
}

/** Tries until `work` is done: the browser lets go of an ended worker's files at its own pace. */
function untilLetGo<T>(work: () => Promise<T>): Promise<{ readonly value: T }> {
  const attempt = () =>
    work().then(
      (value) => ({ value }),
      () => undefined,
    );
  return vi.waitUntil(attempt, { timeout: 30_000, interval: 20 });
}

const open = (byteLength = SIZE) => inWorker.openPartialFile(root, NAME, byteLength);
type File = Awaited<ReturnType<typeof open>>;

/** Writes bytes `start` to `end` to their place. */
async function put(
  file: Pick<File, 'write'>,
  ...spans: readonly (readonly [number, number])[]
): Promise<void> {
  for (const [start, end] of spans) await file.write(WEIGHTS.slice(start, end), start);
}

/** Leaves what a visit leaves that has written `spans`. */
async function visit(...spans: readonly (readonly [number, number])[]): Promise<void> {
  const file = await open();
  await put(file, ...spans);
  await file.flush();
  await file.close();
}

/** What is missing of the whole, as pairs. */
async function missing(file: Pick<File, 'missing'>): Promise<number[][]> {
  return (await file.missing({ start: 0, end: SIZE })).map(({ start, end }) => [start, end]);
}

async function bytesOf(file: Pick<File, 'slice'>, start: number, end: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(start, end));
}

async function logText(): Promise<string> {
  return (await (await root.getFileHandle(LOG_NAME)).getFile()).text();
}

/** Puts `content` in the place of a file that nobody has open. */
async function overwrite(directory: FileSystemDirectoryHandle, name: string, content: string): Promise<void> {
  const stream = await (await directory.getFileHandle(name, { create: true })).createWritable();
  await stream.write(content);
  await stream.close();
}

describe('a file that arrives', () => {
  test('in any order and over several visits has every byte at its place', async () => {
    await visit([50, 80], [0, 10]);
    const second = await open();
    // With the hole in it.
    expect(await second.taken).toBe(80);
    expect(await missing(second)).toEqual([
      [10, 50],
      [80, 100],
    ]);
    await put(second, [90, 100], [5, 20]);
    await second.flush();
    await put(second, [20, 50]);
    await second.flush();
    await second.close();
    const third = await open();
    expect([await third.arrived, await third.taken, await third.byteLength]).toEqual([90, SIZE, SIZE]);
    expect(await missing(third)).toEqual([[80, 90]]);
    expect(await bytesOf(third, 0, 80)).toEqual(WEIGHTS.slice(0, 80));
    expect(await bytesOf(third, 90, 100)).toEqual(WEIGHTS.slice(90));
    await put(third, [80, 90]);
    expect(await third.has(0, SIZE)).toBe(true);
    expect(await bytesOf(third, 0, SIZE)).toEqual(WEIGHTS);
    expect((await bytesOf(third, 7, 7)).length).toBe(0);
    await third.close();
  });

  test('has on the next visit what was flushed, and no more is promised', async () => {
    const file = await open();
    await put(file, [0, 10]);
    await file.flush();
    await file.flush();
    await put(file, [10, 20]);
    expect(await file.arrived).toBe(20);
    await file.close();
    expect(await logText()).toBe('100\n0 10\n');
    expect(await missing(await open())).toEqual([[10, 100]]);
  });

  test('keeps what was flushed when its worker ends', async () => {
    const file = await open();
    await put(file, [30, 40]);
    await file.flush();
    await stopWorkers();
    inWorker = startWorker();
    const { value: again } = await untilLetGo(open);
    expect(await again.arrived).toBe(10);
    expect(await bytesOf(again, 30, 40)).toEqual(WEIGHTS.slice(30, 40));
  });

  test('is open once at a time', async () => {
    const file = await open();
    const busy = {
      name: 'StorageBusy',
      message: `Opening ${NAME} failed: it is in use, perhaps by another tab`,
    };
    await expect(open()).rejects.toMatchObject(busy);
    await expect(startWorker().openPartialFile(root, NAME, SIZE)).rejects.toMatchObject(busy);
    await put(file, [0, 1]);
    await file.flush();
    await file.close();
    await file.close();
    // Many times: whoever opens a file that was let go of is not kept out.
    for (let round = 0; round < 20; round++) await (await open()).close();
    expect(await (await open()).arrived).toBe(1);
  });

  test('lets go of itself where its log is in use', async () => {
    const log = await inWorker.openPartialFile(root, LOG_NAME, SIZE).catch(() => undefined);
    expect(log).toBeUndefined();
    await (await open()).close();
  });

  test.each([
    [0, 11],
    [9, 20],
    [50, 60],
    [-1, 5],
    [5, 4],
    [95, 101],
  ])('gives no bytes %d to %d, which have not arrived', async (start, end) => {
    const file = await open();
    await put(file, [0, 10], [95, 100]);
    await expect(file.slice(start, end)).rejects.toMatchObject({ name: 'RangeError' });
  });

  test.each([
    [-1, 5],
    [98, 5],
  ])('takes none at %d where there is no room for %d', async (at, length) => {
    const file = await open();
    await expect(file.write(new Uint8Array(length), at)).rejects.toMatchObject({ name: 'RangeError' });
    expect(await file.arrived).toBe(0);
  });

  test('that was cut short behind its back is not read as if it were whole', async () => {
    await visit([0, 50]);
    await overwrite(root, NAME, 'short');
    const file = await open();
    await expect(file.slice(0, 50)).rejects.toMatchObject({
      name: 'FileUnreadable',
      message: `Only 5 of 50 bytes of ${NAME} could be read.`,
    });
  });
});

describe('a log', () => {
  test.each(Array.from({ length: 13 }, (_, cut) => cut))(
    'that lacks its last %d bytes is read as far as its whole lines go',
    async (cut) => {
      await visit([0, 10]);
      await visit([20, 30]);
      await visit([40, 55]);
      const whole = await logText();
      expect(whole).toBe('100\n0 10\n20 30\n40 55\n');
      const torn = whole.slice(0, whole.length - cut);
      await overwrite(root, LOG_NAME, torn);
      const there = [[0, 10] as const, [20, 30] as const, [40, 55] as const].slice(
        0,
        torn.split('\n').length - 2,
      );
      const file = await open();
      expect(await file.arrived).toBe(there.reduce((sum, [start, end]) => sum + end - start, 0));
      for (const [start, end] of there) {
        expect(await bytesOf(file, start, end)).toEqual(WEIGHTS.slice(start, end));
      }
      await put(file, [70, 71]);
      await file.flush();
      await file.close();
      const lines = [...there, [70, 71]].map(([start, end]) => `${start} ${end}\n`);
      expect(await logText()).toBe(`100\n${lines.join('')}`);
    },
  );

  test.each([
    'junk',
    '',
    ' 60 70',
    '60 70 ',
    '60  70',
    '-5 70',
    '60.5 70',
    '60',
    '60 60',
    '70 60',
    '95 101',
    '\u0000\u00ff',
  ])('is true up to the line %j', async (line) => {
    await visit([0, 10]);
    await overwrite(root, LOG_NAME, `100\n0 10\n${line}\n60 70\n`);
    expect(arrivedBytes(await logText())).toBe(10);
    const file = await open();
    expect(await missing(file)).toEqual([[10, 100]]);
    await put(file, [50, 60]);
    await file.flush();
    await file.close();
    expect(await logText()).toBe('100\n0 10\n50 60\n');
  });

  test.each(['', '10', '100', '100 \n0 10\n', '0100\n0 10\n', 'junk\n100\n0 10\n'])(
    'that begins with %j is none, and the file begins anew',
    async (content) => {
      await visit([0, 10]);
      await overwrite(root, LOG_NAME, content);
      const file = await open();
      expect(await file.arrived).toBe(0);
      await put(file, [50, 60]);
      await file.flush();
      await file.close();
      expect(await logText()).toBe('100\n50 60\n');
    },
  );

  test('of a file of another length counts for neither', async () => {
    await visit([0, 10]);
    const other = await open(50);
    expect(await other.arrived).toBe(0);
    await other.close();
    expect((await (await root.getFileHandle(NAME)).getFile()).size).toBe(0);
    const again = await open();
    expect(await again.arrived).toBe(0);
    await put(again, [90, 100]);
    await again.flush();
    await again.close();
    expect(await missing(await open())).toEqual([[0, 90]]);
  });
});

describe('downloads', () => {
  const directory = async (): Promise<FileSystemDirectoryHandle> => {
    const downloads = await root.getDirectoryHandle('downloads');
    return downloads.getDirectoryHandle((await names(downloads))[0]!);
  };
  const list = async () => (await openDownloads(root)).list();

  /** Begins a download of which ten bytes have arrived for good, and leaves it open. */
  async function begin() {
    const download = await inWorker.openDownload(root, ID);
    await download.save(RECORD);
    const file = await download.file(SIZE);
    await put(file, [20, 30]);
    await file.flush();
    await put(file, [30, 40]);
    return download;
  }

  test('are listed with what is kept of them, once nobody has them open', async () => {
    expect(await list()).toEqual([]);
    const download = await begin();
    expect(await list()).toEqual([]);
    await download.close();
    expect(await list()).toEqual([{ id: ID, record: RECORD, arrived: 10 }]);
    const other = await inWorker.openDownload(root, 'other');
    await other.save({});
    await other.close();
    expect((await list()).toSorted((a, b) => a.arrived - b.arrived)).toEqual([
      { id: 'other', record: {}, arrived: 0 },
      { id: ID, record: RECORD, arrived: 10 },
    ]);
  });

  test('go on where they were closed', async () => {
    await (await begin()).close();
    const again = await inWorker.openDownload(root, ID);
    expect(await again.record).toEqual(RECORD);
    const file = await again.file(SIZE);
    expect(await missing(file)).toEqual([
      [0, 20],
      [30, 100],
    ]);
    expect(await bytesOf(file, 20, 30)).toEqual(WEIGHTS.slice(20, 30));
    await again.close();
  });

  test('begin anew under another record', async () => {
    await (await begin()).close();
    const again = await inWorker.openDownload(root, ID);
    await again.save({ form: 2 });
    expect(await (await again.file(SIZE)).arrived).toBe(0);
    await again.close();
    expect(await list()).toEqual([{ id: ID, record: { form: 2 }, arrived: 0 }]);
  });

  test('have no log without the bytes it tells of, whatever ends the change of their record', async () => {
    await (await begin()).close();
    const again = await (await openDownloads(root)).open(ID);
    const { removeEntry } = FileSystemDirectoryHandle.prototype;
    const removed: string[] = [];
    const ending = vi.spyOn(FileSystemDirectoryHandle.prototype, 'removeEntry').mockImplementation(function (
      this: FileSystemDirectoryHandle,
      ...given
    ) {
      removed.push(given[0]);
      return removed.length > 1 ? Promise.reject(new Error('ended')) : removeEntry.apply(this, given);
    });
    try {
      await expect(again.save({ form: 2 })).rejects.toMatchObject({ name: 'StorageUnavailable' });
    } finally {
      ending.mockRestore();
    }
    await again.close();
    expect(removed).toHaveLength(2);
    expect(await list()).toEqual([{ id: ID, record: RECORD, arrived: 0 }]);
  });

  test('are open once at a time, also for who would remove them', async () => {
    const download = await begin();
    const busy = { name: 'StorageBusy', message: 'Another tab is downloading this model.' };
    const other = startWorker();
    await expect(inWorker.openDownload(root, ID)).rejects.toMatchObject(busy);
    await expect(other.openDownload(root, ID)).rejects.toMatchObject(busy);
    await expect(other.removeDownload(root, ID)).rejects.toMatchObject(busy);
    await expect((await openDownloads(root)).remove(ID)).rejects.toMatchObject(busy);
    await (await other.openDownload(root, 'another')).close();
    await download.close();
    await (await other.openDownload(root, ID)).close();
  });

  test('are free again when the tab that had them is gone', async () => {
    await begin();
    await stopWorkers();
    const again = await startWorker().openDownload(root, ID);
    expect(await again.record).toEqual(RECORD);
  });

  test('are removed, by who has them open and by others, with all they have', async () => {
    // Many times: the browser lets go of files and locks at its own pace.
    for (let round = 0; round < 10; round++) {
      const download = await begin();
      if (round % 2 === 0) await download.remove();
      else {
        await download.close();
        await (await openDownloads(root)).remove(ID);
      }
      expect(await list()).toEqual([]);
      expect(await names(await root.getDirectoryHandle('downloads'))).toEqual([]);
    }
    await (await openDownloads(root)).remove('none');
    expect(await names(await root.getDirectoryHandle('downloads'))).toEqual([]);
  });

  test('that were never saved leave nothing', async () => {
    const download = await inWorker.openDownload(root, ID);
    expect(await download.record).toBeUndefined();
    await download.file(SIZE);
    await download.close();
    expect(await names(await root.getDirectoryHandle('downloads'))).toEqual([]);
  });

  test.each(['', '{', '{"form":1,"name":"CLI'])(
    'whose record is cut short to %j are none',
    async (record) => {
      await (await begin()).close();
      await overwrite(await directory(), 'record.json', record);
      expect(await list()).toEqual([]);
      const again = await inWorker.openDownload(root, ID);
      expect(await again.record).toBeUndefined();
      await again.save(RECORD);
      await again.close();
      expect(await list()).toEqual([{ id: ID, record: RECORD, arrived: 0 }]);
    },
  );
});
