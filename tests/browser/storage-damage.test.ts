import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storageRoot } from '../../src/storage/directory';
import { openModelStore } from '../../src/storage/kept-models';
import { directories, dropRoot, makeRoot, manifestText, modelDirectory, overwrite } from './storage-place';
import { ID, steps } from './storage-steps';

let root: FileSystemDirectoryHandle;

beforeEach(async () => {
  root = await makeRoot();
});

afterEach(() => dropRoot(root));

describe('a damaged model', () => {
  const damaged = (file: string, clause: string) => ({
    name: 'ModelDamaged',
    message: `The model ${ID} is damaged: ${file} ${clause}`,
  });

  beforeEach(async () => {
    await steps.write(root, ID);
  });

  test('does not open when a shard is cut short, and says which and by how much', async () => {
    await overwrite(root, 'image.1.bin', new Uint8Array(199));
    const store = await openModelStore(root);
    await expect(store.open(ID)).rejects.toMatchObject(
      damaged('image.1.bin', 'should have 200 bytes and has 199'),
    );
  });

  test('does not open when a file is missing', async () => {
    await (await modelDirectory(root)).removeEntry('tokenizer.json');
    const store = await openModelStore(root);
    await expect(store.open(ID)).rejects.toMatchObject(
      damaged('tokenizer.json', 'should have 40 bytes and is missing'),
    );
  });

  test('hands out no file that has changed since it was opened, nor one it does not list', async () => {
    const model = await (await openModelStore(root)).open(ID);
    await overwrite(root, 'image.0.bin', new Uint8Array(1));
    await expect(model.file('image.0.bin')).rejects.toMatchObject(
      damaged('image.0.bin', 'should have 256 bytes and has 1'),
    );
    await expect(model.file('manifest.json')).rejects.toMatchObject({ name: 'ModelDamaged' });
  });

  test.each<[string, (text: string) => string, string]>([
    [
      'of another version',
      (text) => text.replace('"version":1', '"version":2'),
      'the manifest has version 2 instead of 1',
    ],
    ['cut short', (text) => text.slice(0, -1), 'the manifest is not a JSON object'],
    [
      'of another model',
      (text) => text.replace('"id":"folder', '"id":"other'),
      'the manifest belongs to the model',
    ],
  ])('with a manifest %s is no model, and is kept until it is removed', async (_, damage, reason) => {
    const unsummed = (await manifestText(root)).replace(/,"sum":"\w+"\}$/, '}');
    await overwrite(root, 'manifest.json', damage(unsummed));
    const store = await openModelStore(root);
    expect(await store.list()).toEqual([]);
    expect(await store.unreadable()).toEqual([{ id: ID, reason: expect.stringContaining(reason) }]);
    await expect(store.open(ID)).rejects.toMatchObject({
      name: 'ModelDamaged',
      message: expect.stringContaining(reason),
    });
    await store.remove(ID);
    expect(await directories(root)).toEqual([]);
  });
});

describe('removing', () => {
  test('a model takes all of it away', async () => {
    await steps.write(root, ID);
    const store = await openModelStore(root);
    await store.remove(ID);
    expect(await store.list()).toEqual([]);
    expect(await directories(root)).toEqual([]);
  });

  test('takes the manifest away before anything else', async () => {
    await steps.write(root, ID);
    const removed: string[] = [];
    const { removeEntry } = FileSystemDirectoryHandle.prototype;
    FileSystemDirectoryHandle.prototype.removeEntry = async function (name) {
      removed.push(name);
      if (removed.length > 1) throw new DOMException('The power fails', 'AbortError');
      return removeEntry.call(this, name);
    };
    try {
      await expect((await openModelStore(root)).remove(ID)).rejects.toMatchObject({
        name: 'StorageUnavailable',
      });
    } finally {
      FileSystemDirectoryHandle.prototype.removeEntry = removeEntry;
    }
    expect(removed[0]).toBe('manifest.json');
    expect(await (await openModelStore(root)).list()).toEqual([]);
    expect(await directories(root)).toEqual([]);
  });

  test('or measuring what is not there is ModelUnknown', async () => {
    const store = await openModelStore(root);
    const unknown = { name: 'ModelUnknown', message: 'No model nobody is kept on this device' };
    await expect(store.remove('nobody')).rejects.toMatchObject(unknown);
    await expect(store.bytes('nobody')).rejects.toMatchObject(unknown);
    await expect(store.open('nobody')).rejects.toMatchObject(unknown);
  });
});

test.each(['.', '..', 'a/b', '%', 'CON'])('%s is an id like any other', async (id) => {
  await steps.write(root, id);
  const store = await openModelStore(root);
  expect((await store.list()).map((manifest) => manifest.id)).toEqual([id]);
  await store.open(id);
  await store.remove(id);
  expect(await directories(root)).toEqual([]);
});

test('without private file storage the failure says so', async () => {
  const descriptor = Object.getOwnPropertyDescriptor(StorageManager.prototype, 'getDirectory');
  const replace = (value: unknown) =>
    Object.defineProperty(StorageManager.prototype, 'getDirectory', { configurable: true, value });
  try {
    replace(undefined);
    await expect(storageRoot()).rejects.toMatchObject({ name: 'StorageUnavailable' });
    replace(() => Promise.reject(new DOMException('Denied', 'SecurityError')));
    await expect(storageRoot()).rejects.toMatchObject({
      name: 'StorageUnavailable',
      message: 'Opening the private file storage failed: Denied',
    });
  } finally {
    Object.defineProperty(StorageManager.prototype, 'getDirectory', descriptor ?? {});
  }
});
