import { wrap } from 'comlink';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { xxh32 } from '../../src/core/xxh32';
import { openModelStore } from '../../src/storage/kept-models';
import type { ShardPlace } from '../../src/storage/shards';
import {
  directories,
  dropRoot,
  makeRoot,
  manifestText,
  modelDirectory,
  names,
  overwrite,
} from './storage-place';
import {
  DESCRIPTION,
  ID,
  FILES,
  STEPS,
  TENSORS,
  TOKENIZER,
  steps,
  type Step,
  type StorageSteps,
} from './storage-steps';

let root: FileSystemDirectoryHandle;
let worker: Worker;
let inWorker: StorageSteps;

beforeEach(async () => {
  root = await makeRoot();
  startWorker();
});

afterEach(async () => {
  await stopWorker();
  await dropRoot(root);
});

function startWorker(): void {
  worker = new Worker(new URL('./storage.worker.ts', import.meta.url), { type: 'module' });
  inWorker = wrap<StorageSteps>(worker);
}

/** Ends the worker as a closed tab does, and waits until the browser has taken its locks. */
async function stopWorker(): Promise<void> {
  const { held = [] } = await navigator.locks.request('page', () => navigator.locks.query());
  const page = held.find(({ name }) => name === 'page')?.clientId;
  worker.terminate();
  for (const { name, clientId } of held) {
    if (name && clientId !== page) await navigator.locks.request(name, () => undefined);
  }
}

/** Reads every tensor of the model back from its place. */
async function expectTensors(places: ShardPlace[]): Promise<void> {
  const model = await (await openModelStore(root)).open(ID);
  expect(places).toHaveLength(TENSORS.length);
  for (const [i, { file, offset }] of places.entries()) {
    const length = TENSORS[i]?.length ?? NaN;
    const bytes = await (await model.file(file)).slice(offset, offset + length).arrayBuffer();
    expect(new Uint8Array(bytes)).toEqual(TENSORS[i]);
  }
}

describe.each([
  ['on the page', () => steps],
  ['in a worker', () => inWorker],
])('a model written %s', (_, there) => {
  test('is listed and opens with every byte at its place', async () => {
    const places = await there().write(root, ID);
    const store = await openModelStore(root);
    const manifest = { version: 1, id: ID, ...DESCRIPTION, files: FILES };
    expect(await store.list()).toEqual([manifest]);
    const model = await store.open(ID);
    expect(model.manifest).toEqual(manifest);
    expect(places.map(({ file }) => file)).toEqual(['image.0.bin', 'image.0.bin', 'image.1.bin']);
    await expectTensors(places);
    expect(new Uint8Array(await (await model.file('tokenizer.json')).arrayBuffer())).toEqual(TOKENIZER);
    expect(await names(await modelDirectory(root))).toEqual([
      'image.0.bin',
      'image.1.bin',
      'manifest.json',
      'tokenizer.json',
    ]);
    expect(await store.bytes(ID)).toBe(496 + new TextEncoder().encode(await manifestText(root)).length);
  });

  test('takes the place of an older one', async () => {
    await there().write(root, ID);
    await overwrite(root, 'stranger', 'x');
    await there().write(root, ID);
    expect(await (await openModelStore(root)).list()).toHaveLength(1);
    expect(await names(await modelDirectory(root))).not.toContain('stranger');
  });

  test('leaves nothing when storage is full, and says what it needed', async () => {
    const { usage = 0 } = await navigator.storage.estimate();
    const quota = (quotaSize: object) =>
      cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin, ...quotaSize });
    await quota({ quotaSize: usage + 5 * 1024 * 1024 });
    try {
      await expect(there().fill(root, ID, 9)).rejects.toMatchObject({
        name: 'StorageFull',
        message: expect.stringMatching(
          /^Writing image\.0\.bin needs [\d,]+ more bytes: storage is full \(.+ bytes are used\)$/,
        ),
      });
    } finally {
      await quota({});
    }
    expect(await directories(root)).toEqual([]);
    await there().write(root, ID);
    expect(await (await openModelStore(root)).list()).toHaveLength(1);
  });
});

describe('a worker', () => {
  test('goes on where a write took only a part', async () => {
    await inWorker.replaceWrites('fifty bytes at most');
    const places = await inWorker.write(root, ID);
    await expectTensors(places);
  });

  test('takes no error code for a number of bytes', async () => {
    await inWorker.replaceWrites('error -5 as Chromium returns it in memory');
    await expect(inWorker.write(root, ID)).rejects.toMatchObject({
      name: 'StorageUnavailable',
      message: 'Writing tokenizer.json failed: The browser reports error -5',
    });
    expect(await directories(root)).toEqual([]);
  });
});

describe('a writer', () => {
  test('lets others read what it has staged, as long as it is at work', async () => {
    const store = await openModelStore(root);
    const writer = await store.begin(ID);
    await writer.file('image.0.bin', new Uint8Array(64).fill(7));
    await writer.stage(DESCRIPTION);
    await writer.file('text.0.bin', new Uint8Array(8));
    const other = await openModelStore(root);
    expect(await other.list()).toEqual([]);
    await expect(other.open(ID)).rejects.toMatchObject({ name: 'ModelUnknown' });
    const staged = await other.open(ID, 'staged');
    expect(staged.complete).toBe(false);
    expect(staged.manifest.files).toMatchObject([{ name: 'image.0.bin', bytes: 64 }]);
    expect(new Uint8Array(await (await staged.file('image.0.bin')).arrayBuffer())).toEqual(
      new Uint8Array(64).fill(7),
    );
    await writer.commit(DESCRIPTION);
    const whole = await other.open(ID, 'staged');
    expect(whole.complete).toBe(true);
    expect(whole.manifest.files).toHaveLength(2);
    expect(await names(await modelDirectory(root))).not.toContain('staged.json');
  });

  test.each(STEPS.slice(0, -1))(
    'that ends with its worker after "%s" leaves no model',
    async (last: Step) => {
      await inWorker.write(root, ID, last);
      const before = await openModelStore(root);
      expect(await before.list()).toEqual([]);
      expect(await directories(root)).toHaveLength(1);
      await stopWorker();
      expect(await before.list()).toEqual([]);
      expect(await before.unreadable()).toEqual([]);
      await expect(before.open(ID)).rejects.toMatchObject({ name: 'ModelUnknown' });
      await openModelStore(root);
      expect(await directories(root)).toEqual([]);
    },
  );

  test('that ends between the last byte of its manifest and the move leaves no model', async () => {
    await inWorker.stopBeforeMove();
    const channel = new BroadcastChannel('before-move');
    const reached = new Promise((resolve) => channel.addEventListener('message', resolve));
    const writing = inWorker.write(root, ID);
    await Promise.race([reached, writing]);
    channel.close();
    expect(await names(await modelDirectory(root))).toContain('manifest.part');
    expect(await (await openModelStore(root)).list()).toEqual([]);
    await stopWorker();
    expect(await (await openModelStore(root)).list()).toEqual([]);
    expect(await directories(root)).toEqual([]);
  });

  test('that aborts leaves nothing, and the model can be begun again', async () => {
    const store = await openModelStore(root);
    // Many times: the browser lets go of files and locks at its own pace.
    for (let round = 0; round < 30; round++) {
      const writer = await store.begin(ID);
      await writer.shard('image.0.bin');
      await writer.abort();
      await writer.abort();
      expect(await directories(root)).toEqual([]);
    }
  });

  test('keeps a second one out, also from another thread, until it ends', async () => {
    const store = await openModelStore(root);
    const first = await store.begin(ID);
    const busy = {
      name: 'StorageBusy',
      message: `The model ${ID} is being written, perhaps by another tab: wait until it has ended`,
    };
    await expect(store.begin(ID)).rejects.toMatchObject(busy);
    await expect(inWorker.write(root, ID)).rejects.toMatchObject(busy);
    await expect(store.remove(ID)).rejects.toMatchObject(busy);
    expect(await directories(root)).toHaveLength(1);
    await first.commit(DESCRIPTION);
    await inWorker.write(root, ID);
    expect((await store.list())[0]?.files).toEqual(FILES);
  });

  test('does not keep out the writer of another model', async () => {
    const store = await openModelStore(root);
    const other = await store.begin('other');
    await inWorker.write(root, ID);
    await other.commit(DESCRIPTION);
    expect((await store.list()).map(({ id }) => id).sort()).toEqual([ID, 'other'].sort());
  });

  test("refuses a name it has used, the manifest's name, and everything after its end", async () => {
    const store = await openModelStore(root);
    const writer = await store.begin(ID);
    await writer.file('a', TOKENIZER);
    await writer.shard('b');
    for (const name of ['a', 'b', 'manifest.json', 'manifest.part']) {
      await expect(writer.shard(name)).rejects.toThrow(`has a file ${name} already`);
    }
    await writer.commit(DESCRIPTION);
    expect((await store.open(ID)).manifest.files).toEqual([
      { name: 'a', bytes: 40, sum: xxh32(TOKENIZER) },
      { name: 'b', bytes: 0 },
    ]);
    await writer.abort();
    await expect(writer.file('c', TOKENIZER)).rejects.toThrow('no longer being written');
    await expect(writer.commit(DESCRIPTION)).rejects.toThrow('no longer being written');
    expect(await store.list()).toHaveLength(1);
  });
});
