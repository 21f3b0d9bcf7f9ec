import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure';
import type { InterruptedDownload } from '../../../workers/models-api';
import { noneWithoutStorage, storageUse } from '../../../workers/models/storage-use';
import { memoryParts } from '../fixtures';

const DOWNLOAD: InterruptedDownload = {
  id: 'vit-00ff',
  request: { source: { kind: 'folder', url: 'https://host.test/vit/' }, name: 'vit', precision: 'q8' },
  done: 10,
  total: 100,
};

const failing = (name: Failure['name']) => () => Promise.reject(new Failure(name, 'as the test says'));

describe('what the site keeps', () => {
  it('is told by the browser, with what cannot be used and what was interrupted', async () => {
    const parts = memoryParts();
    parts.memory.quota = 5000;
    parts.memory.put('models/broken/manifest.json', '{');
    expect(await storageUse(parts, async () => [DOWNLOAD])).toEqual({
      usage: 1,
      quota: 5000,
      persisted: true,
      unreadable: [{ id: 'broken', reason: 'the manifest is not a JSON object', bytes: 1 }],
      downloads: [DOWNLOAD],
    });
  });

  it('is 0 bytes of 0 where the browser does not say', async () => {
    const storage = { estimate: async () => ({}), persisted: async () => false };
    const use = await storageUse({ ...memoryParts(), storage }, async () => []);
    expect(use).toMatchObject({ usage: 0, quota: 0, persisted: false });
  });

  it('is nothing on a page without storage', async () => {
    const none = { storage: undefined, models: failing('StorageUnavailable') };
    expect(await storageUse(none, failing('StorageUnavailable'))).toEqual({
      usage: 0,
      quota: 0,
      persisted: false,
      unreadable: [],
      downloads: [],
    });
  });

  it('is told as far as it can be where one part of it is closed', async () => {
    const use = await storageUse(memoryParts(), failing('StorageFull'));
    expect(use).toMatchObject({ persisted: true, downloads: [] });
    await expect(storageUse(memoryParts(), failing('StorageBusy'))).rejects.toMatchObject({
      name: 'StorageBusy',
    });
  });
});

describe('a page without storage', () => {
  it.each(['StorageFull', 'StorageUnavailable'] as const)('has no models after %s', (name) => {
    expect(noneWithoutStorage(new Failure(name, '?'))).toEqual([]);
  });

  it.each([new Failure('ModelDamaged', '?'), new TypeError('a mistake'), 'text'])(
    'is not one after %s',
    (error) => {
      expect(() => noneWithoutStorage(error)).toThrow(error);
    },
  );
});
