import { beforeEach, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../../src/core/failure';
import { createModelsApi } from '../../../workers/models/models-api';
import type { FetchOwn } from '../../../workers/sources/built-in-models';
import { keep, memoryParts, NO_NETWORK, type MemoryParts } from '../fixtures';
import { memoryStorage } from '../../helpers/memory-storage';

const served: FetchOwn = async (file) => new Response(await readFile(path.join('static', file)));

let parts: MemoryParts;
beforeEach(() => {
  parts = memoryParts(memoryStorage(), NO_NETWORK);
});

describe('the models there are', () => {
  it('are the built-in ones, then those that are kept', async () => {
    await keep(parts, 'mine');
    const listed = await createModelsApi(parts, served).list();
    expect(listed.map(({ id }) => id)).toEqual(['clipscope-l', 'clipscope-m', 'clipscope-s', 'mine']);
  });

  it('are the built-in ones alone on a page without storage', async () => {
    const models = () => Promise.reject(new Failure('StorageUnavailable', 'none'));
    const listed = await createModelsApi({ ...parts, models }, served).list();
    expect(listed.map(({ origin }) => origin)).toEqual(['built-in', 'built-in', 'built-in']);
  });

  it('are not told where storage fails in a way that nobody knows', async () => {
    const models = () => Promise.reject(new TypeError('a mistake'));
    await expect(createModelsApi({ ...parts, models }, served).list()).rejects.toThrow('a mistake');
  });
});

describe('a kept model', () => {
  it('is removed with all its files', async () => {
    await keep(parts, 'mine');
    const api = createModelsApi(parts, served);
    await api.removeModel('mine');
    expect(parts.memory.paths()).toEqual([]);
    await expect(api.removeModel('mine')).rejects.toMatchObject({ name: 'ModelUnknown' });
  });

  it('that cannot be read is told with what it takes, and can be removed too', async () => {
    parts.memory.put('models/broken/manifest.json', '{');
    const api = createModelsApi(parts, served);
    expect((await api.storage()).unreadable).toMatchObject([{ id: 'broken', bytes: 1 }]);
    await api.removeModel('broken');
    expect((await api.storage()).unreadable).toEqual([]);
  });
});
